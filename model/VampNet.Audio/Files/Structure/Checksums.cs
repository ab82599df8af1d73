namespace VampNet.Audio.Files.Structure;

/// <summary>The checksums of the formats.</summary>
internal static class Checksums
{
    private static readonly uint[] s_ogg = Table(0x04C11DB7);
    private static readonly uint[] s_16 = Table(0x8005u << 16);
    private static readonly uint[] s_8 = Table(0x07u << 24);

    /// <summary>Of an Ogg page, whose own checksum counts as 0.</summary>
    public static uint Ogg(ReadOnlySpan<byte> page)
    {
        var crc = 0u;
        for (var i = 0; i < page.Length; i++)
            crc = (crc << 8) ^ s_ogg[(crc >> 24) ^ (i is >= 22 and < 26 ? 0 : page[i])];
        return crc;
    }

    /// <summary>CRC-16 (0x8005) one byte on: of FLAC frames, which begin with 0, and of MPEG frames, which begin with 0xFFFF.</summary>
    public static ushort Crc16(ushort crc, byte next) => (ushort)((crc << 8) ^ (s_16[(crc >> 8) ^ next] >> 16));

    /// <summary>CRC-8 of the header of a FLAC frame.</summary>
    public static byte Crc8(ReadOnlySpan<byte> bytes)
    {
        var crc = 0;
        foreach (var next in bytes)
            crc = (int)(s_8[crc ^ next] >> 24);
        return (byte)crc;
    }

    /// <param name="polynomial">at the top of its 32 bits</param>
    private static uint[] Table(uint polynomial)
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var value = i << 24;
            for (var bit = 0; bit < 8; bit++)
                value = (value << 1) ^ ((value & 0x80000000) != 0 ? polynomial : 0);
            table[i] = value;
        }
        return table;
    }
}
