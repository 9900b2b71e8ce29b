using System.Text;
using ModelServer.Constraints;
using ModelServer.Constraints.Automata;
using ModelServer.Constraints.Ebnf;
using ModelServer.Tests.Tokenization;
using ModelServer.Tokenization;
using ServiceDefaults.Errors;

namespace ModelServer.Tests.Constraints.Automata;

/// <summary>Masks of grammars against a plain recogniser: whatever it takes as the beginning of a text, and nothing else.</summary>
public sealed class GrammarMaskTests
{
    private const string Json = """
        root   ::= value
        value  ::= object | array | string | number | ("true" | "false" | "null") ws
        object ::= "{" ws ( string ":" ws value ("," ws string ":" ws value)* )? "}" ws
        array  ::= "[" ws ( value ("," ws value)* )? "]" ws
        string ::= "\"" ([^"\\\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4}))* "\"" ws
        number ::= "-"? ("0" | [1-9] [0-9]*) ("." [0-9]+)? ([eE] [-+]? [0-9]+)? ws
        ws     ::= [ \t\n]{0,4}
        """;

    [Fact]
    public void Allowed_RandomGrammars_AreTheTokensThatKeepTheTextViable()
    {
        var (_, vocabulary) = ConstraintModels.Get("stories");
        var (compiled, masks) = (0, 0);
        for (var seed = 0; seed < 300; seed++)
        {
            var grammar = RandomGrammars.Of(seed);
            if (TryCompile(grammar, vocabulary) is not { } automaton) continue;
            compiled++;
            masks += Walk(automaton, grammar, seed, steps: 8, end: 0);
        }

        Assert.InRange(compiled, 200, 300);
        Assert.InRange(masks, 1000, int.MaxValue);
    }

    [SharedTheory]
    [InlineData("gpt2", 50256)]
    [InlineData("qwen2.5", 151645)]
    [InlineData("llama-2", 2)]
    public void Allowed_RealVocabularies_AreTheTokensThatKeepTheTextViable(string name, int end)
    {
        var (_, vocabulary) = ConstraintModels.Get(name);
        var json = new EbnfFormat(Json).ToGrammar();
        for (var seed = 0; seed < 3; seed++) Walk(ConstraintModels.Compile(json, vocabulary), json, seed, steps: 12, end);
        for (var seed = 400; seed < 412; seed++)
            if (TryCompile(RandomGrammars.Of(seed), vocabulary) is { } automaton) Walk(automaton, RandomGrammars.Of(seed), seed, steps: 4, end);
    }

    [Fact]
    public void RandomWalks_Shipped_EndInTextsOfTheGrammar() => WalkToTheEnd("stories", 0);

    [SharedTheory]
    [InlineData("gpt2", 50256)]
    [InlineData("qwen2.5", 151645)]
    [InlineData("llama-2", 2)]
    public void RandomWalks_RealVocabularies_EndInTextsOfTheGrammar(string name, int end) => WalkToTheEnd(name, end);

    private static void WalkToTheEnd(string name, int end)
    {
        var (tokenizer, vocabulary) = ConstraintModels.Get(name);
        var json = new EbnfFormat(Json).ToGrammar();
        var automaton = ConstraintModels.Compile(json, vocabulary);
        var reference = new ReferenceRecognizer(json);
        var ended = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var constraint = automaton.Begin([end], skipsSpecialTokens: true);
            var ids = new List<int>();
            var isOver = false;
            while (!isOver && ids.Count < 300)
            {
                // Some walks like the end of things, so that they come to one.
                int[] allowed = Tokens(constraint.Allowed);
                var closing = allowed.Where(id => id == end || vocabulary.BytesOf(id, ids.Count == 0) is [(byte)'"' or (byte)'}' or (byte)']' or (byte)'1']).ToArray();
                var id = closing.Length > 0 && random.Next(3) == 0 ? closing[random.Next(closing.Length)] : allowed[random.Next(allowed.Length)];
                isOver = id == end && constraint.MayEnd;
                if (isOver) break;
                ids.Add(id);
                constraint.Accept(id);
                isOver = constraint.IsComplete;
            }

            var text = Decode(tokenizer, ids);
            var state = reference.Read(reference.Start, Encoding.UTF8.GetBytes(text));
            if (!isOver) continue;
            ended++;
            Assert.True(reference.IsWhole(state), $"{name}, seed {seed}: {text}");
            using var parsed = System.Text.Json.JsonDocument.Parse(text, new() { MaxDepth = 1000 });
        }

        Assert.InRange(ended, 10, 40);
    }

    /// <returns>Masks that were compared.</returns>
    private static int Walk(CompiledGrammar automaton, Grammar grammar, int seed, int steps, int end)
    {
        var vocabulary = automaton.Vocabulary;
        var reference = new ReferenceRecognizer(grammar);
        var random = new Random(seed);
        var constraint = automaton.Begin([end], skipsSpecialTokens: true);
        var state = reference.Start;
        for (var step = 0; step < steps; step++)
        {
            var allowed = constraint.Allowed;
            Assert.Equal(reference.IsWhole(state), constraint.MayEnd);
            for (var id = 0; id < vocabulary.Size; id++)
            {
                var bytes = vocabulary.BytesOf(id, isFirst: step == 0);
                var expected = id == end ? constraint.MayEnd : !bytes.IsEmpty && reference.Read(state, bytes).Length > 0;
                if (expected != ((allowed[id >> 6] >> (id & 63)) & 1) > 0)
                    Assert.Fail($"seed {seed}, step {step}, token {id} \"{Encoding.UTF8.GetString(bytes)}\": allowed {!expected}");
            }

            var next = Tokens(allowed).Where(id => id != end).ToArray();
            if (next.Length == 0)
            {
                Assert.True(constraint.IsComplete);
                return step + 1;
            }

            // Long ones, that go through much at once, as often as others.
            var token = random.Next(2) == 0 ? next[random.Next(next.Length)] : next.MaxBy(id => vocabulary.BytesOf(id, step == 0).Length * random.NextDouble());
            state = reference.Read(state, vocabulary.BytesOf(token, step == 0));
            constraint.Accept(token);
        }

        return steps;
    }

    private static CompiledGrammar? TryCompile(Grammar grammar, TokenVocabulary vocabulary)
    {
        try
        {
            return ConstraintModels.Compile(grammar, vocabulary);
        }
        catch (InvalidFieldException e)
        {
            // Some have no text at all.
            Assert.Contains("has no text", e.Message, StringComparison.Ordinal);
            Assert.Equal("", new ReferenceRecognizer(grammar).Start);
            return null;
        }
    }

    private static int[] Tokens(ReadOnlySpan<ulong> mask)
    {
        var tokens = new List<int>();
        for (var id = 0; id < mask.Length * 64; id++)
            if (((mask[id >> 6] >> (id & 63)) & 1) > 0) tokens.Add(id);
        return [.. tokens];
    }

    private static string Decode(HuggingFaceTokenizer tokenizer, IEnumerable<int> ids)
    {
        var decoder = new StreamingDecoder(tokenizer, skipSpecialTokens: true);
        return string.Concat(ids.Select(decoder.Append)) + decoder.Flush();
    }
}
