-- Tables and pictures of Word and LaTeX. A table comes as raw HTML (Word: read into a table of pandoc's, with its
-- header row), raw Typst and raw LaTeX; pandoc drops the two that an output does not need.

local kinds = { docx = ".png", latex = ".pdf" }
local sides = { left = pandoc.AlignLeft, right = pandoc.AlignRight, center = pandoc.AlignCenter }
-- Signs of small print on a line and between two columns; the most that a cell and a word count for.
local LINE, GAP, CELL, WORD = 112, 2, 90, 44
-- What a sign of the smaller print counts for, in a table whose longest words fill the line otherwise.
local NARROW = 0.81
-- What a sign counts for, so that no word is broken where a wider font stands in for the one of the styles:
-- in a cell, and in a heading, which is bold.
local PLAIN, BOLD = 1.2, 1.45
local boxes = { can = true, cannot = true, verdict = true, card = true }

local function styled(style, blocks)
  return pandoc.Div(blocks, pandoc.Attr("", {}, { ["custom-style"] = style }))
end

-- Plain text has a style of its own, a paragraph takes that of its block.
local function paragraph(style, blocks)
  local inlines = pandoc.utils.blocks_to_inlines(blocks)
  if #inlines == 0 then
    inlines = { pandoc.Str("\u{a0}") }
  end
  return styled(style, { pandoc.Para(inlines) })
end

local function side_of(cell)
  for _, class in ipairs(cell.classes) do
    if sides[class] then
      return sides[class]
    end
  end
end

-- Signs of the longest cell and of the longest word of each column.
local function measure(needs, place, cell, sign)
  local text = pandoc.utils.stringify(cell.contents)
  local need = needs[place] or { whole = 0, word = 0 }
  need.whole = math.max(need.whole, math.min(sign * utf8.len(text), CELL))
  for word in text:gmatch("%S+") do
    need.word = math.max(need.word, math.min(sign * utf8.len(word), WORD))
  end
  needs[place] = need
end

-- What the longest words of the columns, and their longest cells, take of a line.
local function sums(needs)
  local words, wholes = 0, 0
  for _, need in ipairs(needs) do
    words, wholes = words + need.word + GAP, wholes + need.whole + GAP
  end
  return words, wholes
end

-- Every column gets its longest word, and of what is left in proportion to its longest cell.
local function widths(needs)
  local words, wholes = sums(needs)
  local part = math.min(1, math.max(0, LINE - words) / math.max(1, wholes - words))
  local line = math.max(LINE, words)
  return function(need)
    return (need.word + GAP + part * (need.whole - need.word)) / line
  end
end

local function weigh(rows, sign, needs)
  for _, row in ipairs(rows) do
    for place, cell in ipairs(row.cells) do
      if #row.cells > 1 then
        measure(needs, place, cell, sign)
      end
    end
  end
end

local function dress(rows, style)
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row.cells) do
      cell.alignment = side_of(cell) or cell.alignment
      cell.contents = { paragraph(#row.cells == 1 and "Table Group" or style, cell.contents) }
    end
  end
end

-- What each column of a table needs, in print of this size.
local function needs_of(found, size)
  local needs = {}
  weigh(found.head.rows, BOLD * size, needs)
  for _, body in ipairs(found.bodies) do
    weigh(body.body, PLAIN * size, needs)
  end
  return needs
end

-- The figure that table_formats.to_html writes: caption, table, notes.
local function native(text)
  local out = pandoc.Blocks({})
  pandoc.read(text, "html"):walk({
    Figure = function(figure)
      figure:walk({
        Table = function(found)
          local words = pandoc.utils.blocks_to_inlines(figure.caption.long)
          local mark = pandoc.Attr(figure.identifier)
          found.caption = { long = { pandoc.Plain({ pandoc.Span(words, mark) }) } }
          local needs = needs_of(found, 1)
          local narrow = sums(needs) > LINE
          if narrow then
            needs = needs_of(found, NARROW)
          end
          local size = narrow and " Narrow" or ""
          dress(found.head.rows, "Table Head" .. size)
          for _, body in ipairs(found.bodies) do
            dress(body.head, "Table Group")
            dress(body.body, "Table Cell" .. size)
          end
          local width = widths(needs)
          for place, need in ipairs(needs) do
            found.colspecs[place][2] = width(need)
          end
          out:insert(found)
        end,
        Div = function(div)
          if div.classes:includes("notes") then
            out:insert(styled("Table Note", div.content))
          end
        end,
      })
    end,
  })
  return out
end

function RawBlock(raw)
  if FORMAT == "docx" and raw.format == "html" then
    return native(raw.text)
  end
end

function Image(image)
  if kinds[FORMAT] then
    image.src = image.src:gsub("%.svg$", kinds[FORMAT])
    return image
  end
end

-- LaTeX counts its figures itself.
function Span(span)
  if FORMAT == "latex" and span.classes:includes("number") then
    return {}
  end
end

-- A table has the label of its LaTeX; the other pages of a study come in the format of this one.
function Link(link)
  local place = link.target:match("^#table%-(.+)$")
  if FORMAT == "latex" and place then
    local text = pandoc.utils.stringify(link.content)
    return pandoc.RawInline("latex", "\\hyperref[tab:" .. place .. "]{" .. text .. "}")
  end
  if FORMAT == "docx" or FORMAT == "latex" then
    link.target = link.target:gsub("^(%w+%.%w+)%.html$", "%1" .. (FORMAT == "docx" and ".docx" or ".pdf"))
    return link
  end
end

-- The annex begins a page. The first page may be longer than one here, and what is left of the second is not wasted.
function Div(div)
  local annex = div.classes:includes("annex")
  if FORMAT == "latex" and annex then
    local letter = "\\renewcommand{\\thetable}{A\\arabic{table}}"
    return pandoc.RawBlock("latex", "\\clearpage\\setcounter{table}{0}" .. letter)
  elseif FORMAT == "docx" and annex then
    return pandoc.RawBlock("openxml", '<w:p><w:r><w:br w:type="page"/></w:r></w:p>')
  elseif FORMAT == "docx" then
    for _, class in ipairs(div.classes) do
      if boxes[class] then
        return styled("Box", div.content)
      end
    end
  end
end
