namespace VampNet.Testing;

/// <summary>The checkout that the tests run from.</summary>
public static class Repository
{
    /// <summary>Full path of the folder that holds VampNet.Mesh.sln.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "VampNet.Mesh.sln")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} holds VampNet.Mesh.sln");
    }
}
