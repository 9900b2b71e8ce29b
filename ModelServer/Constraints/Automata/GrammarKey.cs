using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace ModelServer.Constraints.Automata;

/// <summary>What a grammar says, as one hash: two requests that ask for the same share what was compiled.</summary>
internal sealed class GrammarKey : IDisposable
{
    /// <summary>Expressions, counted as often as they are reached: beyond, a grammar would not compile either.</summary>
    private const int MostExpressions = 2_000_000;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Dictionary<Grammar, int> _grammars = new(ReferenceEqualityComparer.Instance);
    private readonly string _field;
    private int _left = MostExpressions;

    private GrammarKey(string field) => _field = field;

    /// <exception cref="InvalidFieldException">The grammar is too large.</exception>
    public static string Of(Grammar grammar, string field)
    {
        using var key = new GrammarKey(field);
        key.Add(grammar);
        return Convert.ToHexString(key._hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private void Add(Grammar grammar)
    {
        if (_grammars.TryGetValue(grammar, out var number))
        {
            Add('s', number);
            return;
        }

        _grammars.Add(grammar, _grammars.Count);
        Add('g', grammar.Rules.Count);
        Add(grammar.Root);
        foreach (var (name, rule) in grammar.Rules.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            Add('n', name);
            Add(rule);
        }
    }

    private void Add(Expression expression)
    {
        if (--_left < 0 || !RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new InvalidFieldException(_field, $"The grammar of {_field} is too large.");
        switch (expression)
        {
            case TextExpression text:
                Add('t', text.Value);
                break;
            case CharacterExpression set:
                Add('c', set.Ranges.Count);
                foreach (var (first, last) in set.Ranges)
                {
                    Add('f', first);
                    Add('l', last);
                }

                break;
            case SequenceExpression sequence:
                Add('q', sequence.Parts.Count);
                foreach (var part in sequence.Parts) Add(part);
                break;
            case ChoiceExpression choice:
                Add('o', choice.Options.Count);
                foreach (var option in choice.Options) Add(option);
                break;
            case RepeatExpression repeat:
                Add('m', repeat.Min);
                Add('x', repeat.Max ?? -1);
                Add(repeat.Part);
                break;
            case RuleExpression rule:
                Add('u', rule.Name);
                break;
            case GrammarExpression inner:
                Add(inner.Grammar);
                break;
            case SpecialTokenExpression special:
                Add('p', special.Content);
                break;
        }
    }

    private void Add(char kind, int number)
    {
        Span<byte> bytes = stackalloc byte[6];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, kind);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[2..], number);
        _hash.AppendData(bytes);
    }

    private void Add(char kind, string text)
    {
        Add(kind, text.Length);
        _hash.AppendData(Encoding.Unicode.GetBytes(text));
    }
}
