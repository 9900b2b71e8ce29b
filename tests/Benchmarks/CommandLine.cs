using System.Globalization;

namespace Benchmarks;

/// <summary>The words of the command line, taken one after the other.</summary>
internal sealed class CommandLine(IEnumerable<string> words)
{
    private readonly Queue<string> _rest = new(words);
    private string _option = "";

    /// <summary>Whether a word follows that is no option.</summary>
    public bool HasValue => _rest.TryPeek(out var next) && !next.StartsWith('-');

    public bool TryTakeOption(out string name)
    {
        var found = _rest.TryDequeue(out var next);
        name = _option = next ?? "";
        return found;
    }

    /// <exception cref="ArgumentException">Nothing follows.</exception>
    public string Value() => _rest.TryDequeue(out var value) ? value : throw new ArgumentException($"{_option} needs a value.");

    public int Count() => int.Parse(Value(), CultureInfo.InvariantCulture);

    public string[] Names(string[] known)
    {
        var asked = Value().Split(',');
        return asked.Except(known).FirstOrDefault() is { } unknown ? throw new ArgumentException($"{_option}: {unknown} is not one of {string.Join(", ", known)}.") : asked;
    }
}
