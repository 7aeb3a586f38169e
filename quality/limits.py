"""How much a file may be, hold and cost; every bound is named here and nowhere else."""

from msgspec import Struct

MIB = 1 << 20
GIB = 1 << 30


class Limits(Struct, frozen=True):
    """Bounds of an examination.

    Args:
        file_bytes: largest file
        unpacked_bytes: most bytes that an archive may unpack to
        ratio_max: how many times larger than packed, beyond ``ratio_free_bytes``
        tables_max: tables in an archive
        images_max: images in an archive, and notes beside them
        columns_max: columns of a table
        rows_max: rows of a table
        line_bytes: longest line of a text file
        cell_bytes: longest cell
        depth_max: nesting of a column's type; objects of JSON below it stay text
        json_depth_max: nesting of JSON at all
        json_array_bytes: largest JSON that is one array
        pixels_max: pixels of an image
        image_ms: how much more time a child has for each image [ms]
        damage_share: share of damaged rows above which damage blocks [1]
        gate_memory_bytes: addresses that the child that looks first may map
        profile_memory_bytes, suite_memory_bytes: memory that the child that counts may hold, without and
            with expectations
        address_free_bytes: addresses beyond its memory, for libraries that map more than they touch
        cpu_s, wall_s: time of a child for a small file [s]; it grows with the size
        cpu_s_per_gb: processor time more for each 10^9 bytes [s]; twice as much time by the clock
        written_share: bytes that a child may write for each of the file's [1], where it is given a place
        written_free_bytes: bytes that it may write for any file
        answer_bytes: longest answer of a child
        block_bytes: how much of a text is counted as one, a multiple of 1 MiB or less than it
        partial_bytes: longest answer of a child that counted a part of a table
    """

    file_bytes: int = 20 * GIB
    unpacked_bytes: int = 20 * GIB
    ratio_max: int = 50
    ratio_free_bytes: int = 64 * MIB
    tables_max: int = 200
    images_max: int = 20_000
    columns_max: int = 2_000
    rows_max: int = 50_000_000
    line_bytes: int = MIB
    cell_bytes: int = 64 * 1024
    depth_max: int = 8
    json_depth_max: int = 32
    json_array_bytes: int = 64 * MIB
    pixels_max: int = 40_000_000
    image_ms: int = 25
    damage_share: float = 0.05
    gate_memory_bytes: int = GIB
    profile_memory_bytes: int = GIB
    suite_memory_bytes: int = 5 * GIB // 2
    address_free_bytes: int = 2 * GIB
    cpu_s: int = 60
    wall_s: int = 90
    cpu_s_per_gb: int = 120
    written_share: float = 1.2
    written_free_bytes: int = MIB
    answer_bytes: int = 4 * MIB
    block_bytes: int = 16 * MIB
    partial_bytes: int = 512 * MIB

    @property
    def members_max(self) -> int:
        """Most members of an archive: the tables, the images, and a note for each image."""
        return self.tables_max + 2 * self.images_max

    def more_s(self, size_bytes: int, image_count: int = 0) -> int:
        """Return how much longer than on a small file a child may work on this one [s]."""
        for_bytes = size_bytes * self.cpu_s_per_gb // 1_000_000_000
        return for_bytes + image_count * self.image_ms // 1_000
