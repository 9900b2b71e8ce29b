using System.Text.Json;
using System.Text.RegularExpressions;

namespace Deployment.Tests.Images;

/// <summary>One instruction: its name in capitals, and what comes behind it on one line.</summary>
internal sealed record Instruction(string Name, string Text)
{
    /// <summary>The words of the form that no shell reads, or null for the other one.</summary>
    public string[]? Exec()
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(Text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A Dockerfile, as far as its rules look at it.</summary>
internal sealed partial class Dockerfile
{
    private Dockerfile(IReadOnlyList<Instruction> instructions) => Instructions = instructions;

    public IReadOnlyList<Instruction> Instructions { get; }

    /// <summary>The stages in their order, each from its <c>FROM</c> on.</summary>
    public IReadOnlyList<IReadOnlyList<Instruction>> Stages
    {
        get
        {
            List<List<Instruction>> stages = [];
            foreach (var instruction in Instructions)
            {
                if (instruction.Name == "FROM") stages.Add([]);
                if (stages is not []) stages[^1].Add(instruction);
            }

            return stages;
        }
    }

    public IReadOnlyList<Instruction> Final => Stages[^1];

    public static Dockerfile Parse(string text)
    {
        var lines = text.Split('\n').Where(line => !line.TrimStart().StartsWith('#'));
        return new(
        [
            .. Continued().Replace(string.Join('\n', lines), " ").Split('\n')
                .Select(line => line.Trim()).Where(line => line is not "")
                .Select(line => line.Split(' ', 2)).Select(words => new Instruction(words[0].ToUpperInvariant(), words.ElementAtOrDefault(1)?.Trim() ?? "")),
        ]);
    }

    /// <summary>Names and values that instructions of a stage set: <c>LABEL a=b c="d e"</c>.</summary>
    public static Dictionary<string, string> Values(IEnumerable<Instruction> stage, string instruction)
        => stage.Where(i => i.Name == instruction)
            .SelectMany(i => Assignment().Matches(i.Text))
            .GroupBy(m => m.Groups["name"].Value)
            .ToDictionary(g => g.Key, g => g.Last().Groups["value"].Value.Trim('"'));

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continued();

    [GeneratedRegex("""(?<name>[\w.]+)(=(?<value>"[^"]*"|\S*))?""")]
    private static partial Regex Assignment();
}
