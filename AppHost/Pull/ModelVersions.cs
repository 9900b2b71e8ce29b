using System.Globalization;

namespace AppHost.Pull;

/// <summary>The versions of a model in a models folder.</summary>
internal static class ModelVersions
{
    private const string First = "1";

    public static string Folder(string models, string name, string version) => Path.Combine(models, name, version);

    /// <summary>One more than the highest there is.</summary>
    public static string Next(string models, string name)
    {
        var folder = Path.Combine(models, name);
        if (!Directory.Exists(folder)) return First;
        var numbers = Directory.EnumerateFileSystemEntries(folder)
            .Select(entry => Path.GetFileName(entry).Split('.')[0])
            .Select(text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0);
        return (numbers.Append(0).Max() + 1).ToString(CultureInfo.InvariantCulture);
    }

    /// <exception cref="PullException">There is such a version.</exception>
    public static void CheckFree(string models, string name, string version)
    {
        if (Path.Exists(Folder(models, name, version))) throw new PullException($"{name}:{version} is there already: name another version with --as {name}:VERSION, or none for the next one.");
    }
}
