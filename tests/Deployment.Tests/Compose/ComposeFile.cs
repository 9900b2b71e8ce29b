using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Deployment.Tests.Compose;

/// <summary>A Compose file, or several that are combined as Compose combines them.</summary>
internal sealed partial class ComposeFile
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().Build();

    // What a later file says takes the place of what an earlier one said, although it is a list.
    private static readonly string[] Replaced = ["command", "entrypoint", "test"];

    private readonly Dictionary<object, object?> _root;

    private ComposeFile(Dictionary<object, object?> root, IReadOnlyList<string> texts) => (_root, Texts) = (root, texts);

    public IReadOnlyList<string> Texts { get; }

    public IEnumerable<ComposeService> Services => Section("services").Select(s => new ComposeService(s.Key, Map(s.Value)));

    /// <summary>The files of secrets by name.</summary>
    public IReadOnlyDictionary<string, string> Secrets => Section("secrets").ToDictionary(s => s.Key, s => Map(s.Value).GetValueOrDefault("file") as string ?? "");

    /// <summary>The networks without a way out.</summary>
    public IReadOnlySet<string> InternalNetworks => Section("networks").Where(n => (string?)Map(n.Value).GetValueOrDefault("internal") == "true").Select(n => n.Key).ToHashSet();

    public static ComposeFile Parse(params string[] texts) => new(texts.Select(Read).Aggregate((a, b) => (Dictionary<object, object?>)Merge(a, b, "")!), texts);

    public ComposeService Service(string name) => Services.Single(s => s.Name == name);

    /// <summary>The variables that the files use, with their defaults; null where there is none.</summary>
    public IEnumerable<(string Name, string? Default)> Variables()
        => Texts.SelectMany(text => Variable().Matches(Comment().Replace(text, ""))).Select(m => (m.Groups["name"].Value, m.Groups["default"].Success ? m.Groups["default"].Value : null)).Distinct();

    internal static Dictionary<string, object?> Map(object? value)
        => value is Dictionary<object, object?> map ? map.ToDictionary(e => (string)e.Key, e => e.Value) : [];

    /// <summary>Reads any YAML document, merge keys included.</summary>
    internal static Dictionary<object, object?> Read(string text)
        => Yaml.Deserialize<Dictionary<object, object?>>(new MergingParser(new Parser(new StringReader(text))));

    private static object? Merge(object? first, object? second, string key)
    {
        if (first is List<object?> a && second is List<object?> b && !Replaced.Contains(key)) return a.Concat(b).ToList();
        if (first is not Dictionary<object, object?> one || second is not Dictionary<object, object?> other) return second;
        var merged = new Dictionary<object, object?>(one);
        foreach (var (name, value) in other) merged[name] = merged.TryGetValue(name, out var old) ? Merge(old, value, (string)name) : value;
        return merged;
    }

    private Dictionary<string, object?> Section(string name) => Map(_root.GetValueOrDefault(name));

    // A default may be a variable again, which is a match of its own.
    [GeneratedRegex(@"\$\{(?<name>[A-Z_]+)(:-(?<default>[^${}]*)(?=\}))?")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\s*#.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}

/// <summary>One service of a Compose file.</summary>
internal sealed class ComposeService(string name, Dictionary<string, object?> settings)
{
    public string Name => name;

    public string? this[string setting] => settings.GetValueOrDefault(setting) as string;

    public Dictionary<string, object?> Limits => ComposeFile.Map(ComposeFile.Map(ComposeFile.Map(settings.GetValueOrDefault("deploy")).GetValueOrDefault("resources")).GetValueOrDefault("limits"));

    public Dictionary<string, object?> HealthCheck => Section("healthcheck");

    public Dictionary<string, object?> Logging => Section("logging");

    public IReadOnlyDictionary<string, string> Environment => Section("environment").ToDictionary(e => e.Key, e => e.Value as string ?? "");

    /// <summary>Networks by name, with the other names that the service has there.</summary>
    public IReadOnlyDictionary<string, string[]> Networks => settings.GetValueOrDefault("networks") is List<object?> names
        ? names.ToDictionary(n => (string)n!, _ => Array.Empty<string>())
        : Section("networks").ToDictionary(n => n.Key, n => Texts(ComposeFile.Map(n.Value).GetValueOrDefault("aliases")));

    /// <summary>Secrets by their source, with the name of the file under <c>/run/secrets</c>.</summary>
    public IEnumerable<(string Source, string Target)> Secrets => List("secrets").Select(s => s is string only ? (only, only) : ((string)ComposeFile.Map(s)["source"]!, (string)ComposeFile.Map(s)["target"]!));

    public IEnumerable<Dictionary<string, object?>> Binds => List("volumes").Select(ComposeFile.Map).Where(v => (string?)v.GetValueOrDefault("type") == "bind");

    /// <summary>Volumes in the short form.</summary>
    public IEnumerable<string> Volumes => List("volumes").OfType<string>();

    public string[] Strings(string setting) => Texts(settings.GetValueOrDefault(setting));

    public bool Has(string setting) => settings.ContainsKey(setting);

    public static string[] Texts(object? value) => value switch
    {
        List<object?> list => [.. list.OfType<string>()],
        string text => [text],
        _ => [],
    };

    private Dictionary<string, object?> Section(string setting) => ComposeFile.Map(settings.GetValueOrDefault(setting));

    private List<object?> List(string setting) => settings.GetValueOrDefault(setting) as List<object?> ?? [];
}
