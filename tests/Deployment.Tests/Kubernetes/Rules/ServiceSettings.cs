using System.Globalization;
using System.Text.RegularExpressions;
using Testing;

namespace Deployment.Tests.Kubernetes.Rules;

/// <summary>The settings that a service's source knows: the properties of its options, and what it reads by name.</summary>
internal sealed partial class ServiceSettings
{
    // By section and property, such as Replicas:Dns; the property's type, or null where it is not known.
    private readonly Dictionary<string, string?> _known = new(StringComparer.OrdinalIgnoreCase) { ["ConnectionStrings:cache"] = null };

    public ServiceSettings(string service)
    {
        foreach (var file in new[] { service, "ServiceDefaults" }.SelectMany(folder => Directory.GetFiles(Path.Combine(RepositoryPaths.Root, folder), "*.cs", SearchOption.AllDirectories)))
        {
            var source = File.ReadAllText(file);
            foreach (Match name in Literal().Matches(source)) _known.TryAdd(name.Groups[1].Value, null);
            foreach (Match section in Section().Matches(source))
            {
                foreach (Match property in Property().Matches(source[section.Index..])) _known[$"{section.Groups[1].Value}:{property.Groups[2].Value}"] = property.Groups[1].Value.TrimEnd('?');
            }
        }
    }

    /// <param name="name">As in the environment: <c>Replicas__Dns</c>.</param>
    /// <param name="value">Null where it is secret.</param>
    /// <returns>What is wrong, or null.</returns>
    public string? Fault(string name, string? value)
    {
        var parts = name.Split("__");
        if (parts.Length < 2 || !_known.TryGetValue($"{parts[0]}:{parts[1]}", out var type)) return $"there is no setting {name}.";
        if (parts.Length > 2) return type is null || type.StartsWith("Dictionary<", StringComparison.Ordinal) || type.EndsWith("[]", StringComparison.Ordinal) ? null : $"{parts[0]}__{parts[1]} has no {parts[2]}.";
        var isRight = value is null || type switch
        {
            "bool" => bool.TryParse(value, out _),
            "int" or "long" => long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _),
            "TimeSpan" => TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out _),
            "Uri" => Uri.TryCreate(value, UriKind.Absolute, out _),
            _ => value.Length > 0,
        };
        return isRight ? null : $"{name} is {value}, which is no {type}.";
    }

    [GeneratedRegex("SectionName = \"(\\w+)\"")]
    private static partial Regex Section();

    [GeneratedRegex(@"public ([\w<>, ?\[\]]+) (\w+) \{ get; (?:set|init); \}")]
    private static partial Regex Property();

    [GeneratedRegex("\"([A-Z]\\w+:[A-Z]\\w+)\"")]
    private static partial Regex Literal();
}
