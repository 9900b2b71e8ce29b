using System.Text;

namespace ModelServer.ZeroShot;

/// <summary>A sentence with a place for a label, in the form of Python's <c>str.format</c>: <c>{}</c> or <c>{0}</c> once, and <c>{{</c> and <c>}}</c> for braces.</summary>
internal sealed record HypothesisTemplate(string Before, string After)
{
    /// <returns>Null where the text has no such place, or more than one, or braces that say something else.</returns>
    public static HypothesisTemplate? Parse(string text)
    {
        var (part, before) = (new StringBuilder(), (string?)null);
        for (var i = 0; i < text.Length; i++)
        {
            var rest = text.AsSpan(i);
            if (rest.StartsWith("{{") || rest.StartsWith("}}")) part.Append(text[i++]);
            else if (text[i] is not ('{' or '}')) part.Append(text[i]);
            else
            {
                var place = rest.StartsWith("{}") ? 2 : rest.StartsWith("{0}") ? 3 : 0;
                if (place == 0 || before is not null) return null;
                before = part.ToString();
                part.Clear();
                i += place - 1;
            }
        }

        return before is null ? null : new(before, part.ToString());
    }

    public string With(string label) => Before + label + After;
}
