"""The checkpoints in `.sessions/` as git lists them, by the thousand: searched where the listing lies, parsed when it must be."""

from collections.abc import Iterator, Mapping

from gitsession.store.layout import FOLDER, checkpoint_stem

_FILE = b"100644 "


class Listing(Mapping[str, str]):
    """Stem to blob id. `raw` is git's tree object of the folder: for each entry mode, a space, name, a zero byte, the id."""

    def __init__(self, raw: bytes, width: int) -> None:
        self.raw = raw
        self.width = width  # bytes of an object id
        self._parsed: dict[str, str] | None = None
        self._known: dict[str, str] = {}  # stem to blob id of those that were asked for, empty where there is none

    # -- entries of the folder

    def oid(self, name: str) -> str:
        """The id of a file, empty where there is none."""
        start, end = self._find(name)
        return self.raw[end - self.width : end].hex() if self.raw.startswith(_FILE, start) and end else ""

    def has_folder(self, name: str) -> bool:
        """Whether there is a folder of this name."""
        start, end = self._find(name)
        return bool(end) and self.raw.startswith(b"40000 ", start)

    def without(self, *names: str) -> bytes:
        """The listing less these entries."""
        places = sorted(place for name in names if (place := self._find(name))[1])
        parts, at = [], 0
        for start, end in places:
            parts.append(self.raw[at:start])
            at = end
        return b"".join([*parts, self.raw[at:]])

    def put(self, name: str, oid: str) -> "Listing":
        """The listing with a file at this name."""
        entry = _FILE + name.encode() + b"\0" + bytes.fromhex(oid)
        start, end = self._find(name)
        if not end:
            start = end = next((at for at, there, _ in self._walk() if there > name.encode()), len(self.raw))
        return Listing(self.raw[:start] + entry + self.raw[end:], self.width)

    def drop(self, name: str) -> "Listing":
        """The listing without this file."""
        return Listing(self.without(name), self.width)

    def numbered(self, number: str) -> int:
        """How many files have a name that begins with this number."""
        head = b" " + number.encode()
        return self.raw.count(head + b"-") + self.raw.count(head + b".md\0")

    @property
    def plain(self) -> bool:
        """False where something that is no usual file may lie in the place of a checkpoint."""
        return b"120000 " not in self.raw and b"160000 " not in self.raw and b"100755 " not in self.raw

    def _find(self, name: str) -> tuple[int, int]:
        # A name cannot stand in the bytes of an id by chance: it would take a collision of all its length.
        encoded = b" " + name.encode() + b"\0"
        at = self.raw.rfind(encoded)  # the newest are asked for most, and stand last
        if at < 0:
            return 0, 0
        mode = 5 if self.raw[at - 5 : at] == b"40000" else 6
        return at - mode, at + len(encoded) + self.width

    def _walk(self) -> Iterator[tuple[int, bytes, int]]:
        """Start, name and end of each entry."""
        at = 0
        while at < len(self.raw):
            zero = self.raw.index(b"\0", at)
            end = zero + 1 + self.width
            yield at, self.raw[at:zero].partition(b" ")[2], end
            at = end

    # -- checkpoints

    def __contains__(self, stem: object) -> bool:
        return isinstance(stem, str) and bool(self._of(stem))

    def __getitem__(self, stem: str) -> str:
        oid = self._of(stem)
        if not oid:
            raise KeyError(stem)
        return oid

    def _of(self, stem: str) -> str:
        oid = self._known.get(stem) if self._parsed is None else self._parsed.get(stem, "")
        if oid is None:
            oid = self.oid(f"{stem}.md") if checkpoint_stem(f"{FOLDER}/{stem}.md") else ""
            self._known[stem] = oid
        return oid

    def __iter__(self) -> Iterator[str]:
        return iter(self._stems())

    def __len__(self) -> int:
        return len(self._stems())

    def __bool__(self) -> bool:
        return any(self.raw.startswith(_FILE, at) and checkpoint_stem(_path(name)) for at, name, _ in self._walk())

    def _stems(self) -> dict[str, str]:
        if self._parsed is None:
            self._parsed = {}
            for at, name, end in self._walk():
                stem = checkpoint_stem(_path(name))
                if stem and self.raw.startswith(_FILE, at):
                    self._parsed[stem] = self.raw[end - self.width : end].hex()
        return self._parsed


def _path(name: bytes) -> str:
    return f"{FOLDER}/{name.decode('utf-8', 'replace')}"
