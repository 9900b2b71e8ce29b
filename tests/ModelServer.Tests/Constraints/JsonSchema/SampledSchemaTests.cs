using System.Globalization;
using System.Text.Json;
using ModelServer.Constraints.Automata;
using ModelServer.Sampling;
using ModelServer.Tests.Constraints.Automata;
using Xunit.Abstractions;

namespace ModelServer.Tests.Constraints.JsonSchema;

/// <summary>Schemas × weights × sampling: what the sampler chooses under the masks of a schema parses, and is what the schema says. CONSTRAINED_SCHEMAS says how many schemas.</summary>
public sealed class SampledSchemaTests(ITestOutputHelper output)
{
    private const int MaxTokens = 250, End = 0;

    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("CONSTRAINED_SCHEMAS") ?? "60", CultureInfo.InvariantCulture);

    private static readonly SamplingOptions[] Samplings =
    [
        new() { Temperature = 0 },
        new() { Temperature = 1 },
        new() { Temperature = 2, TopP = 0.9f },
        new() { Temperature = 0.7f, TopK = 20, RepetitionPenalty = 1.5f, PresencePenalty = 1, FrequencyPenalty = 1 },
    ];

    [Fact]
    public void Texts_SampledUnderSchemas_ParseAndValidate()
    {
        var (tokenizer, vocabulary) = ConstraintModels.Get("stories");
        var (schemas, whole, cut) = (0, 0, 0);
        foreach (var (seed, schema, grammar) in RandomSchemaTests.Grammars(Count + (Count / 10)).Take(Count))
        {
            schemas++;
            var (validator, automaton) = (new SchemaValidator(schema), ConstraintModels.Compile(grammar, vocabulary));
            foreach (var (sampling, index) in Samplings.Select((s, i) => (s, i)))
            {
                var text = Sample(automaton, sampling with { Seed = (ulong)seed }, new Random((seed * 10) + index)) is { } ids ? tokenizer.Decode([.. ids], skipSpecialTokens: true) : null;
                if (text is null)
                {
                    cut++;
                    continue;
                }

                whole++;
                using (JsonDocument.Parse(text, new() { MaxDepth = 1000 }))
                {
                }

                if (SchemaValidator.CanJudge(text)) Assert.True(validator.Validates(text), $"{seed}: {schema} lets the sampler write {text}");
            }
        }

        output.WriteLine($"{schemas} schemas: {whole} whole texts, {cut} cut at {MaxTokens} tokens");
        Assert.InRange(whole, schemas * 2, int.MaxValue);
    }

    /// <returns>The tokens of a whole text; null where it was cut.</returns>
    private static List<int>? Sample(CompiledGrammar automaton, SamplingOptions sampling, Random random)
    {
        var constraint = automaton.Begin([End], skipsSpecialTokens: true);
        var sampler = new SequenceSampler(sampling, [], [End], minTokens: 0, constraint);
        var (buffers, logits) = (new SamplingBuffers(), new float[automaton.Vocabulary.Size]);
        for (var ids = new List<int>(); ids.Count < MaxTokens;)
        {
            if (constraint.IsComplete) return ids;
            // A model without an aim; the end and what closes something come more often than by chance, or few texts would end.
            for (var i = 0; i < logits.Length; i++) logits[i] = (float)(random.NextDouble() * 6);
            logits[End] += 3;
            for (var i = 0; i < logits.Length; i++) if (automaton.Vocabulary.BytesOf(i, ids.Count == 0) is [(byte)'"' or (byte)'}' or (byte)']', ..]) logits[i] += 3;
            var id = sampler.Next(logits, buffers).Id;
            if (id == End && constraint.MayEnd) return ids;
            ids.Add(id);
            constraint.Accept(id);
        }

        return null;
    }
}
