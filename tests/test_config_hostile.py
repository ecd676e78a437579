"""Setting files that are spoilt or hostile: one sentence, in little time and memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from interclust import config
from interclust.config.yamlfile import FILE_BYTES
from interclust.errors import ConfigError

MINIMAL = """data_dir: data
ingest:
  projects: {file: a.csv, columns: {acronym: name, clusters: members}}
panel: {unit: year, first: 2014, last: 2016}
"""


def sentence_of(folder: Path, text: str) -> str:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        config.load(path)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 600
    return message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: !!timestamp foo", "line 5: not readable as YAML of plain values (the tag !!timestamp)"),
        ('seed: !!int ""', "the tag !!int"),
        ("seed: !!bool foo", "the tag !!bool"),
        ('seed: !!float ""', "the tag !!float"),
        ("label: !!map [1, 2]", "the tag !!map"),
        ("name: &a [*a]", "line 5: the alias *a stands within what it names"),
        ("label: &a {en: *a}", "line 5: the alias *a stands within what it names"),
        ("? [a, b]\n: c", "the key ['a', 'b'] is not text"),
        ('name: "a\\0b"', "line 5: a text holds a NUL byte"),
        ('data_dir: "\\ud800"', "a text holds half a character"),
        ("seed: .nan", "line 5: .nan is no number that a setting can have"),
        ("seed: -.inf", "-.inf is no number"),
        ("seed: 1.0e+999", "1.0e+999 is no number"),
        ("seed: 1.0", "seed is 1.0, expected a whole number"),
        (f"extends: {'a' * 5000}", "mine.yaml: extends names 'aaaa"),
        (f"models: [{'a' * 5000}]", "mine.yaml: models names 'aaaa"),
    ],
)
def test_what_no_setting_needs_is_one_sentence(tmp_path, text, words):
    assert words in sentence_of(tmp_path, f"{MINIMAL}{text}\n")


@pytest.mark.parametrize("form", ["[{}]", "{{{}}}"])
def test_aliases_that_multiply_are_refused(tmp_path, form):
    lines = ["label:", "  a0: &a0 " + form.format("x: 1")]
    for level in range(1, 12):
        repeated = ", ".join(f"k{place}: *a{level - 1}" for place in range(9))
        lines.append(f"  a{level}: &a{level} {form.format(repeated)}")
    message = sentence_of(tmp_path, MINIMAL + "\n".join(lines))
    assert "more than 50000 keys and values, aliases written out" in message


def test_aliases_that_do_not_multiply_are_read(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("a: &a {x: !!str 1, y: [2]}\nb: *a\nc: {<<: *a, y: 3}\n", encoding="utf-8")
    assert config.read_yaml(path)["c"] == {"x": "1", "y": 3}


def test_a_large_file_is_not_read_whole(tmp_path):
    path = tmp_path / "mine.yaml"
    with path.open("wb") as file:
        file.truncate(6_000_000_000)
    with pytest.raises(ConfigError, match=f"is larger than {FILE_BYTES} bytes"):
        config.load(path)


@pytest.mark.parametrize("text", ["", "data_dir: data\n", "ingest: {names: none}\n"])
def test_what_is_missing_is_missing_in_the_study_file(tmp_path, text):
    assert "mine.yaml: ingest needs the setting projects" in sentence_of(tmp_path, text)


@pytest.mark.parametrize("name", ["loop", "a" * 300])
def test_folders_and_files_that_cannot_be_looked_up(tmp_path, name):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    words = f"'.*{name[:4]}.*: cannot be looked up "
    with pytest.raises(ConfigError, match=words):
        config.load(tmp_path / name / "mine.yaml")
    (tmp_path / "mine.yaml").write_text(MINIMAL.replace("data_dir: data", f"data_dir: {name}"))
    with pytest.raises(ConfigError, match=words):
        config.data_dir(config.load(tmp_path / "mine.yaml"))


def test_a_file_that_may_not_be_looked_up(tmp_path, monkeypatch):
    def refused(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refused)
    with pytest.raises(ConfigError, match=r"cannot be looked up .Permission denied.; correct the path"):
        config.load(tmp_path / "mine.yaml")


FILE = "file: a.csv, columns: {acronym: name, clusters: members}"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (FILE, f"{FILE}, constants: {{topix: a}}", "constants.topix is no column of this table; did you"),
        (FILE, f"{FILE}, scale: {{yeer: 2}}", "scale.yeer is no column of this table; did you mean year?"),
        (FILE, f"{FILE}, join: [JOIN {{akronym: n}}, columns: {{topic: t}}}}]", "key.akronym is no column"),
        (FILE, f"{FILE}, join: [JOIN {{acronym: n}}, columns: {{topix: t}}}}]", "did you mean topic?"),
        (FILE, f"{FILE}, join: [JOIN {{acronym: n}}, columns: {{topic: []}}}}]", "topic is [], expected"),
        (FILE, f"{FILE}, join: [JOIN {{acronym: n}}, columns: {{topic: [a]}}}}]", "is a list, expected"),
        (FILE, f'{FILE}, dates: ["%d.%m.%Y", "%Q%Y"]', "projects.dates[1] is '%Q%Y', which is no format"),
        (FILE, f'{FILE}, dates: ["%Y%Y"]', "projects.dates[0] is '%Y%Y', which is no format"),
        ("panel:", "  clusters: {constants: {kimd: pole}}\npanel:", "constants.kimd is no column of"),
        ("panel:", "  clusters: {columns: {name: n}}\npanel:", "clusters.columns is read only with a file"),
        ("panel:", "  aliases: {file: b.csv}\npanel:", "ingest.aliases is read only beside a registry"),
        ("panel:", "  regions: {file: b.csv, columns: {}}\npanel:", "ingest.regions is read only"),
        ("panel: {unit: year, first: 2014, last: 2016}", "", "panel.first is not set; give the number"),
        ("first: 2014", "first: 2017", "panel.first is 2017, later than the last period, 2016"),
    ],
)
def test_settings_that_nothing_would_heed(tmp_path, old, new, words):
    message = sentence_of(tmp_path, MINIMAL.replace(old, new.replace("JOIN", "{file: b.csv, key:")))
    assert words in message
    assert "mine.yaml: " in message


def test_formats_of_dates_that_are_sound(tmp_path):
    text = FILE + ', dates: ["%d.%m.%y", "%Y-%m-%dT%H:%M:%S%z", "%c", "%d %b %Y", "année %Y"]'
    (tmp_path / "mine.yaml").write_text(MINIMAL.replace(FILE, text), encoding="utf-8")
    assert len(config.load(tmp_path / "mine.yaml")["ingest"]["projects"]["dates"]) == 5


def test_a_link_to_a_file_that_is_not_there(tmp_path):
    (tmp_path / "a.csv").symlink_to("b.csv")
    with pytest.raises(ConfigError, match=r"a.csv: is a link to b.csv, which is not there"):
        config.inside(tmp_path, "a.csv")
