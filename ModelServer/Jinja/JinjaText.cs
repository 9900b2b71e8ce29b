using ModelServer.Tokenization.Texts;

namespace ModelServer.Jinja;

/// <summary>A text that knows which parts of it the caller gave, however it was cut and put together: what comes of them in the end must not be read as the template's own marks.</summary>
internal sealed class JinjaText
{
    public static readonly JinjaText Empty = new("");
    private readonly TextSpan[] _given;

    public JinjaText(string value, bool isGiven = false)
        : this(value, isGiven && value.Length > 0 ? [new(0, value.Length)] : [])
    {
    }

    public JinjaText(string value, TextSpan[] given)
    {
        Value = value;
        _given = given;
    }

    public string Value { get; }

    /// <summary>The caller's parts, in order; none touches the next.</summary>
    public ReadOnlySpan<TextSpan> Given => _given;

    public JinjaText Slice(int start, int length)
    {
        if (length == Value.Length) return this;
        if (length == 0) return Empty;
        var value = Value.Substring(start, length);
        return _given.Length == 0 ? new(value) : new(value, [.. Within(start, length)]);
    }

    public JinjaText Slice(int start) => Slice(start, Value.Length - start);

    /// <summary>The text after a change of its letters; where their number changes, all of it is the caller's if any was.</summary>
    public JinjaText With(string value)
        => _given.Length == 0 ? new(value) : value.Length == Value.Length ? new(value, _given) : new(value, isGiven: true);

    private IEnumerable<TextSpan> Within(int start, int length)
    {
        foreach (var span in _given)
        {
            var (from, to) = (Math.Max(span.Start, start), Math.Min(span.End, start + length));
            if (from < to) yield return new(from - start, to - start);
        }
    }

    public override string ToString() => Value;
}
