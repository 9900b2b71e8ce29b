using System.Text.RegularExpressions;

namespace ModelServer.ModelFiles;

/// <summary>A folder that holds the files of a model, but not as <c>&lt;name&gt;/&lt;version&gt;/</c>. It is listed, so that whoever put it there learns what to do.</summary>
/// <param name="Version">Its own, or the one that it should get.</param>
/// <param name="Reason">What is wrong and what to do; names folders from the models root alone.</param>
internal sealed partial record MisplacedModel(string Name, string Version, string Reason)
{
    private const string FirstVersion = "1";
    private static readonly string[] Files = ["config.json", "genai_config.json", "tokenizer.json", "serving.json"];

    /// <summary>Passes over what is hidden or may not be read.</summary>
    private static readonly EnumerationOptions Readable = new() { IgnoreInaccessible = true };

    public static IEnumerable<MisplacedModel> Scan(string root)
    {
        if (!Directory.Exists(root)) return [];
        var ordinary = ModelFolder.Ordinary(root).Select(folder => folder.Name).ToHashSet();
        return Folders(root).Where(folder => !HubRepository.IsOne(folder) && !HubRepository.IsOtherKind(folder)).SelectMany(In).Concat(HubCache.Unserved(root, ordinary));
    }

    private static IEnumerable<MisplacedModel> In(string folder)
    {
        var name = Path.GetFileName(folder);
        var inside = Folders(folder);
        var versions = inside.Where(f => ModelNames.IsVersion(Path.GetFileName(f))).ToArray();
        if (!ModelNames.IsName(name))
        {
            var reason = $"The name '{name}' is not allowed: rename the folder to one of at most 64 letters, digits, '.', '_' and '-', beginning with a letter or a digit.";
            return HoldsModel(folder) ? [new(name, FirstVersion, reason)] : versions.Where(HoldsModel).Select(v => new MisplacedModel(name, Path.GetFileName(v), reason));
        }

        if (versions.Length == 0 && HoldsModel(folder)) return [new(name, FirstVersion, $"Its files lie in {name}/ itself: move them to {name}/{FirstVersion}/, as every version has a folder of its own.")];
        return inside.Except(versions).Select(f => BesideVersions(name, f, isAlone: versions.Length == 0)).OfType<MisplacedModel>();
    }

    private static MisplacedModel? BesideVersions(string model, string folder, bool isAlone)
    {
        var name = Path.GetFileName(folder);
        if (NumberedVersion().Match(name) is { Success: true } version && HoldsModel(folder))
            return new(model, name, $"'{name}' is not a version: versions are numbers such as 1 or 1.2. Rename {model}/{name} to {model}/{version.Groups["number"].Value}.");
        // What lies beside versions, such as a draft, is somebody's own business.
        if (!isAlone) return null;
        var deeper = Folders(folder).Where(HoldsModel).Select(Path.GetFileName).ToArray();
        if (HoldsModel(folder)) return new($"{model}/{name}", FirstVersion, $"It lies one folder too deep: move the files of {model}/{name}/ to {name}/{FirstVersion}/. If '{name}' is a version of '{model}', rename it to a number.");
        return deeper is [{ } first, ..] ? new($"{model}/{name}", ModelNames.IsVersion(first) ? first : FirstVersion, $"It lies one folder too deep: move {model}/{name} to {name}, so that its files are in {name}/{FirstVersion}/.") : null;
    }

    private static bool HoldsModel(string folder)
        => Files.Any(file => File.Exists(Path.Combine(folder, file))) || new[] { folder, Path.Combine(folder, "onnx") }.Any(f => Directory.Exists(f) && Directory.EnumerateFiles(f, "*.onnx", Readable).Any());

    private static string[] Folders(string folder) => Directory.Exists(folder) ? [.. Directory.EnumerateDirectories(folder, "*", Readable).Order(StringComparer.Ordinal)] : [];

    [GeneratedRegex(@"\A(v|V|version)[._-]?(?<number>[0-9]{1,18}(\.[0-9]{1,18}){0,3})\z")]
    private static partial Regex NumberedVersion();
}
