-- Blocks of the source that pandoc does not know: boxes and cards in Typst, wide figures in HTML.

local boxes = { can = true, cannot = true, verdict = true, card = true, claim = true }

local function typst(text)
  return pandoc.RawBlock("typst", text)
end

local function wrapped(open, blocks, close)
  local out = pandoc.List({ typst(open) })
  out:extend(blocks)
  out:insert(typst(close))
  return out
end

local function cards(div)
  local items = {}
  for _, item in ipairs(div.content[1].content) do
    local text = pandoc.write(pandoc.Pandoc({ pandoc.Plain(pandoc.utils.blocks_to_inlines(item)) }), "typst")
    table.insert(items, "[" .. text:gsub("%s+$", "") .. "]")
  end
  return typst("#cards(" .. table.concat(items, ", ") .. ")")
end

function Div(div)
  if FORMAT ~= "typst" then
    return nil
  end
  for _, class in ipairs(div.classes) do
    if boxes[class] then
      return wrapped("#" .. class .. "[", div.content, "]")
    elseif class == "newpage" then
      return typst("#pagebreak(weak: true)")
    elseif class == "floats" then
      return typst("#floats.update(true)")
    elseif class == "flush" then
      return typst("#place.flush()")
    elseif class == "annex" then
      return typst("#place.flush()\n#pagebreak(weak: true)\n#floats.update(false)")
    elseif class == "cards" then
      return cards(div)
    end
  end
end
