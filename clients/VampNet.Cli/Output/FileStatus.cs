using System.Runtime.InteropServices;

namespace VampNet.Cli.Output;

/// <summary>
/// What a path leads to, through symbolic links. .NET does not tell pipes and devices from files, nor whether two paths are one file.
/// </summary>
/// <param name="IsRegular">no folder, device, pipe or socket</param>
/// <param name="Identity">the same for every name of a file</param>
internal sealed record FileStatus(bool IsRegular, (uint Major, uint Minor, ulong Inode) Identity)
{
    /// <summary>null = there is nothing that can be seen.</summary>
    public static FileStatus? Of(string path)
    {
        const int CurrentFolder = -100;
        const uint TypeAndInode = 0x101;
        const int TypeMask = 0xF000, Regular = 0x8000;
        return StatX(CurrentFolder, path, 0, TypeAndInode, out var found) == 0
            ? new((found.Mode & TypeMask) == Regular, (found.DeviceMajor, found.DeviceMinor, found.Inode))
            : null;
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, out StatXFields found);

    /// <summary>struct statx of Linux, the same on every processor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatXFields
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
