"""The directory: what files it reads, what it says of a bad one, and whom a name finds."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.config import starter
from assistant.contact import Contact, DirectoryError, Number
from assistant.directory import Directory
from assistant.names import name_words

HEAD = "name,number,aliases\n"


def load(folder: Path, content: str | bytes, name: str = "contacts.csv") -> Directory:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Directory.load(path)


def numbers(directory: Directory) -> dict[str, list[str]]:
    return {c.name: [item.number for item in c.numbers] for c in directory.contacts}


def names(contacts: tuple[Contact, ...]) -> list[str]:
    return [contact.name for contact in contacts]


@pytest.fixture(scope="module")
def people() -> Directory:
    return Directory.load(starter("contacts.csv"))


# CSV


def test_a_csv_file_gives_names_numbers_and_aliases(tmp_path: Path) -> None:
    found = load(tmp_path, HEAD + "Sales,200,sales team| the sellers \nAnna Kowalska,,\n")
    assert found.contacts == (
        Contact("Sales", (Number("200"),), ("sales team", "the sellers")),
        Contact("Anna Kowalska", ()),
    )


def test_a_name_is_spoken_as_the_file_says(tmp_path: Path) -> None:
    rows = "Siobhan Byrne,201,Shiv,Shivawn Burn\nNg Wei,202,,/IH NG W EY/\nSales,200,,\n"
    found = load(tmp_path, "name,number,aliases,spoken\n" + rows)
    assert [person.aloud for person in found.contacts] == ["Shivawn Burn", "Ng Wei", "Sales"]
    assert found.aloud("Siobhan Byrne") == "Shivawn Burn"
    assert found.aloud("Siobhan") == "Siobhan"
    assert found.contacts[0].sayings == (("Siobhan Byrne", "Shivawn Burn"), ("Shiv", ""))
    assert found.contacts[1].sayings == (("Ng Wei", "/IH NG W EY/"),)


@pytest.mark.parametrize(
    "content",
    [
        "name;number;aliases\nJürgen Groß;+49 30 5550121;Jupp|JG\n".encode(),
        b"\xef\xbb\xbf" + "name,number,aliases\r\nJürgen Groß,+49 30 5550121,Jupp|JG\r\n".encode(),
        "name;number;aliases\nJürgen Groß;+49 30 5550121;Jupp|JG\n".encode("cp1252"),
        'NUMBER,Aliases, name\n"+49 (30) 555-0121",Jupp|JG,"Jürgen Groß"\n'.encode(),
        b'name,number,aliases\n\n,,\n"J\xc3\xbcrgen Gro\xc3\x9f",+49.30/5550121,Jupp|JG',
        "name,number,aliases\rJürgen Groß,+49305550121,Jupp|JG\r".encode(),
    ],
    ids=["semicolons", "byte order mark", "cp1252", "other order", "empty lines", "old line ends"],
)
def test_a_csv_file_as_spreadsheets_write_it(tmp_path: Path, content: bytes) -> None:
    found = load(tmp_path, content)
    expected = Contact("Jürgen Groß", (Number("+49305550121"),), ("Jupp", "JG"))
    assert found.contacts == (expected,)


def test_the_aliases_column_may_be_absent(tmp_path: Path) -> None:
    assert numbers(load(tmp_path, "name,number\nSales,200\n")) == {"Sales": ["200"]}


def test_of_two_people_with_one_name_the_first_stays(tmp_path: Path) -> None:
    assert numbers(load(tmp_path, HEAD + "Sales,200,\nSales,201,\n")) == {"Sales": ["200"]}


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("", 1, "name,number,aliases"),
        ("who,phone\nSales,200\n", 1, "name,number,aliases"),
        (HEAD + "Sales,200,\n,201,\n", 3, "no name"),
        (HEAD + "Sales,sip:x@y,\n", 2, "'sip:x@y'"),
        (HEAD + "Sales,200,\n\nSupport,../hangup,\n", 4, "one leading +"),
        (HEAD + "Sales,٢٠٠,\n", 2, "digits"),
        (HEAD + f"Sales,{'1' * 33},\n", 2, "digits"),
        (HEAD + f'Sales,"{"1" * 200_000}",\n', 2, "no CSV"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(
    tmp_path: Path, content: str, line: int, says: str
) -> None:
    with pytest.raises(DirectoryError) as error:
        load(tmp_path, content)
    assert f"{tmp_path / 'contacts.csv'}, line {line}: " in str(error.value)
    assert says in str(error.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DirectoryError, match=r"nowhere\.csv: cannot be read"):
        Directory.load(tmp_path / "nowhere.csv")


# vCard

VCARD_3 = """BEGIN:VCARD
VERSION:3.0
N:Núñez;José;;;
FN:José Núñez
NICKNAME:Pepe,El Jefe
TEL;TYPE=CELL,VOICE:+34 915 550 117
TEL;TYPE=WORK:(202) 555-0144
TEL:299
END:VCARD
BEGIN:VCARD
VERSION:3.0
N:Meyer;Hannah;;;
FN:Hannah Meyer
END:VCARD
"""

VCARD_4 = """BEGIN:VCARD
VERSION:4.0
FN:Zoë Müller
NICKNAME:Zo
TEL;VALUE=uri;TYPE="voice,home":tel:+49-30-5550120;ext=2
TEL;VALUE=uri;TYPE=cell:tel:+49-170-5550120
END:VCARD
"""

VCARD_2 = """BEGIN:VCARD
VERSION:2.1
N:Silva;Tomás
FN:Tomás Silva
TEL;WORK;VOICE:+351 215 551 140
END:VCARD
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_vcard_3_file_gives_every_number_with_its_kind(tmp_path: Path, newline: str) -> None:
    found = load(tmp_path, VCARD_3.replace("\n", newline), "people.vcf")
    assert found.get("José Núñez") == Contact(
        "José Núñez",
        (Number("+34915550117", "mobile"), Number("2025550144", "work"), Number("299")),
        ("Pepe", "El Jefe"),
    )
    assert found.get("Hannah Meyer") == Contact("Hannah Meyer", ())


def test_a_vcard_says_how_a_name_is_spoken(tmp_path: Path) -> None:
    spoken = "X-PHONETIC-LAST-NAME:Noonyeth\nX-PHONETIC-FIRST-NAME:Hosay\nNICKNAME:"
    card = VCARD_3.replace("NICKNAME:", spoken, 1)
    found = load(tmp_path, card, "people.vcf").get("José Núñez")
    assert found is not None
    assert found.spoken == "Hosay Noonyeth"


def test_a_vcard_4_number_is_a_uri(tmp_path: Path) -> None:
    found = load(tmp_path, VCARD_4, "people.vcf").get("Zoë Müller")
    assert found is not None
    assert found.aliases == ("Zo",)
    assert found.numbers == (Number("+49305550120", "home"), Number("+491705550120", "mobile"))


def test_a_vcard_2_kind_has_no_name_before_it(tmp_path: Path) -> None:
    found = load(tmp_path, VCARD_2, "people.vcf").get("Tomás Silva")
    assert found == Contact("Tomás Silva", (Number("+351215551140", "work"),))


def test_a_folded_line_of_a_vcard_is_one_line(tmp_path: Path) -> None:
    folded = VCARD_3.replace("Pepe,El Jefe", "Pepe,El\n  Jefe").replace("\n", "\r\n")
    found = load(tmp_path, folded, "people.vcf").get("José Núñez")
    assert found is not None
    assert found.aliases == ("Pepe", "El Jefe")


def test_a_vcard_number_that_cannot_be_dialled_is_told_with_its_owner(tmp_path: Path) -> None:
    bad = VCARD_3.replace("TEL:299", "TEL:ask the boss")
    with pytest.raises(DirectoryError, match=r"people\.vcf, José Núñez: 'ask the boss'"):
        load(tmp_path, bad, "people.vcf")


@pytest.mark.parametrize("content", ["name,number\nSales,200\n", VCARD_3.replace("END", "X")])
def test_a_file_that_is_no_vcard_is_told(tmp_path: Path, content: str) -> None:
    with pytest.raises(DirectoryError, match=r"people\.vcf: is no vCard"):
        load(tmp_path, content, "people.vcf")


def test_several_files_make_one_directory(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEAD + "Sales,200,\n")
    (tmp_path / "b.vcf").write_text(VCARD_4, encoding="utf-8")
    assert len(Directory.load(tmp_path / "a.csv", tmp_path / "b.vcf")) == 2


# Whatever somebody puts there: it is read, or it is told what is wrong

SETTINGS = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
CELLS = st.text(st.sampled_from('aé,;"|\r\n\t \0+12#*٢ß'), max_size=12)


def loads_or_tells(folder: Path, content: bytes, name: str) -> None:
    with contextlib.suppress(DirectoryError):
        found = load(folder, content, name)
        assert all(found.get(contact.name) is contact for contact in found.contacts)


@SETTINGS
@given(content=st.binary(max_size=200))
@pytest.mark.parametrize("head", [b"", b"name,number,aliases\n", b"name;number\n"])
def test_any_bytes_in_a_csv_file(tmp_path: Path, head: bytes, content: bytes) -> None:
    loads_or_tells(tmp_path, head + content, "contacts.csv")


@SETTINGS
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=4))
def test_any_text_in_the_cells_of_a_csv_file(
    tmp_path: Path, rows: list[tuple[str, str, str]]
) -> None:
    body = "\n".join(map(",".join, rows))
    loads_or_tells(tmp_path, (HEAD + body).encode(), "contacts.csv")


@SETTINGS
@given(content=st.binary(max_size=200))
@pytest.mark.parametrize("head", [b"", b"BEGIN:VCARD\nVERSION:3.0\nFN:A\n"])
def test_any_bytes_in_a_vcard_file(tmp_path: Path, head: bytes, content: bytes) -> None:
    tail = b"\nEND:VCARD\n" if head else b""
    loads_or_tells(tmp_path, head + content + tail, "people.vcf")


@SETTINGS
@given(
    lines=st.lists(
        st.one_of(
            st.sampled_from(VCARD_3.splitlines() + VCARD_4.splitlines()),
            st.text(st.sampled_from("TELFN:;=\"',\\ tel+12é\n"), max_size=20),
        ),
        max_size=12,
    )
)
def test_vcard_lines_in_any_order(tmp_path: Path, lines: list[str]) -> None:
    loads_or_tells(tmp_path, "\n".join(lines).encode(), "people.vcf")


# Finding somebody


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("john smith", ["John Smith"]),
        ("smith john", ["John Smith"]),
        ("johnny", ["John Smith"]),
        ("john", ["John Smith", "John Carter"]),
        ("silva", ["Tomás Silva", "João Silva"]),
        ("sales team", ["Sales"]),
        ("jose nunez", ["José Núñez"]),
        ("francois lefevre", ["François Lefèvre"]),
        ("lukasz wojcik", ["Łukasz Wójcik"]),
        ("juergen gross", ["Jürgen Groß"]),
        ("jurgen gross", ["Jürgen Groß"]),
        ("mueller", ["Zoë Müller"]),
        ("sean o'brien", ["Seán O'Brien"]),
        ("nguyen thi ngoc", ["Nguyễn Thị Ngọc"]),
        ("john wood", []),
        ("smithe", []),
        ("", []),
    ],
)
def test_an_exact_name(people: Directory, said: str, found: list[str]) -> None:
    assert names(people.exact(name_words(said))) == found


def test_a_whole_name_goes_before_a_part_of_another(tmp_path: Path) -> None:
    found = load(tmp_path, HEAD + "Martin Sales,201,\nSales,200,\n")
    assert names(found.exact(["sales"])) == ["Sales"]


@pytest.mark.parametrize(
    ("said", "found", "wrong"),
    [
        ("john smih", ["John Smith"], 1),
        ("john smtih", ["John Smith"], 1),
        ("jonh smith", ["John Smith"], 1),
        ("kowalksa", ["Anna Kowalska"], 1),
        ("kowalskaa anna", ["Anna Kowalska"], 1),
        ("fernandezz", ["Lucía Fernández", "Lucy Fernandes"], 1),  # they sound the same
        ("catherin wood", ["Catherine Wood"], 1),
        ("escalatoins", ["Escalations"], 1),
        ("steven clarke", ["Steven Clark", "Stephen Clarke"], 1),
        ("lukas", ["Łukasz Wójcik"], 1),
        ("lucas", ["Łukasz Wójcik"], 3),  # sounds the same, but may well be another name
        ("lucas wojcik", ["Łukasz Wójcik"], 1),
        ("xyzzy", [], 0),
    ],
)
def test_a_misspelled_name(people: Directory, said: str, found: list[str], wrong: int) -> None:
    assert (names(people.fuzzy(name_words(said))[0]), people.fuzzy(name_words(said))[1]) == (
        found,
        wrong,
    )


@given(st.data())
def test_a_long_word_with_a_letter_wrong_finds_its_person(
    people: Directory, data: st.DataObject
) -> None:
    contact = data.draw(st.sampled_from(people.contacts))
    words = list(name_words(contact.name))
    place = data.draw(st.sampled_from(range(len(words))))
    word = words[place]
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcxyz"))
    forms = [word[:at] + word[at + 1 :], word[:at] + letter + word[at:], swapped(word, at)]
    typed = data.draw(st.sampled_from(forms))
    found, wrong = people.fuzzy([*words[:place], typed, *words[place + 1 :]])
    if len(typed) >= 4:
        assert contact in found or wrong < 1
        assert wrong <= 1


def swapped(word: str, at: int) -> str:
    return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


@pytest.mark.parametrize(
    ("said", "first"),
    [("jon smithe", "John Smith"), ("hana mayer", "Hannah Meyer"), ("warehose", "Warehouse")],
)
def test_the_nearest_names(people: Directory, said: str, first: str) -> None:
    assert people.nearest(said)[0].name == first


@pytest.mark.parametrize("said", ["the pizza place", "", "x", "?!", "12"])
def test_nobody_is_near_what_is_no_name(people: Directory, said: str) -> None:
    assert people.nearest(said) == ()


def test_no_more_people_are_near_than_are_asked_for(people: Directory) -> None:
    assert len(people.nearest("john smit", limit=1)) == 1
    assert len(set(people.nearest("maria", limit=3))) == len(people.nearest("maria", limit=3)) <= 3


def test_whose_number_it_is(people: Directory) -> None:
    for spelling in ("+390655501104", "00390655501104", "390655501104", "0655501104"):
        found = people.by_number(spelling)
        assert found is not None, spelling
        assert found.name == "Maria Rossi"
    assert people.by_number("200") == people.get("Sales")
    assert people.by_number("1200") is None


def test_a_number_of_two_people_is_nobodys(tmp_path: Path) -> None:
    found = load(tmp_path, HEAD + "Anna,2025550101,\nBert,+12025550101,\n")
    assert found.by_number("2025550101") is None


# Files that change


def touch(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8")
    stamp = path.stat().st_mtime_ns + 10**9
    os.utime(path, ns=(stamp, stamp))


def test_a_changed_file_is_read_again_and_only_then(tmp_path: Path) -> None:
    found = load(tmp_path, HEAD + "Sales,200,\n")
    before = found.get("Sales")
    assert found.reload_if_changed() is None
    assert found.get("Sales") is before
    touch(tmp_path / "contacts.csv", HEAD + "Sales,300,\nBilling,202,\n")
    assert found.reload_if_changed() is None
    assert numbers(found) == {"Sales": ["300"], "Billing": ["202"]}


def test_a_broken_file_leaves_the_directory_as_it_was(tmp_path: Path) -> None:
    found = load(tmp_path, HEAD + "Sales,200,\n")
    touch(tmp_path / "contacts.csv", HEAD + "Sales,nonsense,\n")
    complaint = found.reload_if_changed()
    assert complaint is not None
    assert "line 2" in complaint
    assert numbers(found) == {"Sales": ["200"]}
    (tmp_path / "contacts.csv").unlink()
    assert "cannot be read" in str(found.reload_if_changed())
    assert numbers(found) == {"Sales": ["200"]}


def test_a_directory_that_was_prepared_is_prepared_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("name,number\nAnna Kowalska,201\n", encoding="utf-8")
    directory = Directory.load(path)
    directory.warm()
    path.write_text("name,number\nBjörn Åkesson,202\nPriya Patel,203\n", encoding="utf-8")
    directory.reload_if_changed()
    for thread in threading.enumerate():
        if thread.name == "directory":
            thread.join(10)
    assert directory.get("Priya Patel")
    assert "_remains" in vars(directory._index)  # what looking for a misspelled name takes
