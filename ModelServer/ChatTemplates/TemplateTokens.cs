using System.Text;
using System.Text.RegularExpressions;

namespace ModelServer.ChatTemplates;

/// <summary>The words of an expression of a template, taken one after the other; behind the last one they are empty.</summary>
internal sealed partial class TemplateTokens
{
    private readonly string _code;
    private readonly string[] _tokens;
    private int _next;

    /// <exception cref="UnknownTemplateException">There is something among them that is none.</exception>
    public TemplateTokens(string code)
    {
        _code = code.Trim();
        var matches = Token().Matches(_code);
        _tokens = [.. matches.Select(t => t.Groups["token"].Value)];
        if (matches.Sum(t => t.Length) != _code.Length) throw Unknown();
    }

    public string Ahead => _next < _tokens.Length ? _tokens[_next] : "";

    public string Next()
    {
        var token = Ahead;
        _next++;
        return token;
    }

    public bool Take(string token)
    {
        if (Ahead != token) return false;
        _next++;
        return true;
    }

    /// <summary>A string as Python reads it.</summary>
    public string Unquote(string token)
    {
        var text = new StringBuilder();
        for (var i = 1; i < token.Length - 1; i++)
        {
            text.Append(token[i] != '\\' ? token[i] : token[++i] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                '\\' or '\'' or '"' => token[i],
                _ => throw Unknown(),
            });
        }

        return text.ToString();
    }

    public UnknownTemplateException Unknown() => new($"uses '{_code}'");

    [GeneratedRegex("""\G\s*(?<token>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\w+|==|!=|[-+~.()\[\]])\s*""", RegexOptions.Singleline)]
    private static partial Regex Token();
}
