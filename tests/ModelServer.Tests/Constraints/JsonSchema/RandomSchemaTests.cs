using System.Text.Json;
using System.Text.Json.Nodes;
using ModelServer.Constraints;
using ModelServer.Constraints.JsonSchema;
using ServiceDefaults.Errors;
using Xunit.Abstractions;

namespace ModelServer.Tests.Constraints.JsonSchema;

public class RandomSchemaTests(ITestOutputHelper output)
{
    private const int Schemas = 600, Texts = 4, Mutants = 6;

    [Fact]
    public void Texts_OfRandomSchemas_AreJsonThatTheSchemaValidates()
    {
        var (grammars, texts) = (0, 0);
        foreach (var (seed, schema, grammar) in Grammars())
        {
            grammars++;
            var (validator, writer) = (new SchemaValidator(schema), new GrammarWriter(grammar));
            for (var i = 0; i < Texts; i++, texts++)
            {
                var text = writer.Write(new Random((seed * 100) + i));
                Assert.True(GrammarRecogniser.Accepts(grammar, text), $"{seed}: {schema} does not accept its own {text}");
                if (SchemaValidator.CanJudge(text)) Assert.True(validator.Validates(text), $"{seed}: {schema} writes {text}");
            }
        }

        output.WriteLine($"{grammars} of {Schemas} schemas have a grammar; {texts} texts");
        Assert.InRange(grammars, Schemas * 3 / 4, Schemas);
    }

    [Fact]
    public void Instances_OfRandomSchemas_AreAcceptedAsTheValidatorSays()
    {
        var (valid, invalid) = (0, 0);
        foreach (var (seed, schema, grammar) in Grammars())
        {
            var (validator, writer, random) = (new SchemaValidator(schema), new GrammarWriter(grammar), new Random(seed));
            for (var i = 0; i < Mutants; i++)
            {
                // Of objects with a name twice nothing can be changed.
                if (Parse(writer.Write(random)) is not { } parsed) continue;
                var mutant = new Mutation(random).Of(parsed);
                var text = CanonicalJson.Write(mutant);
                if (!SchemaValidator.CanJudge(text)) continue;
                var (isValid, isAccepted) = (validator.Validates(text), GrammarRecogniser.Accepts(grammar, text));
                // Of some formats not all texts are written.
                if (schema.Contains("\"format\"", StringComparison.Ordinal) && isValid) continue;
                Assert.True(isValid == isAccepted, $"{seed}: {schema} says {isAccepted} to {text}");
                _ = isValid ? valid++ : invalid++;
            }
        }

        output.WriteLine($"{valid} valid instances, {invalid} invalid ones");
        Assert.True(valid > Schemas && invalid > Schemas);
    }

    /// <summary>Some have contradictions, by chance.</summary>
    internal static IEnumerable<(int Seed, string Schema, Grammar Grammar)> Grammars(int count = Schemas)
    {
        for (var seed = 0; seed < count; seed++)
        {
            var schema = new RandomSchemas(new Random(seed)).Next().ToJsonString();
            Grammar grammar;
            try
            {
                grammar = SchemaGrammar.Of(JsonDocument.Parse(schema).RootElement);
            }
            catch (InvalidFieldException)
            {
                continue;
            }

            yield return (seed, schema, grammar);
        }
    }

    internal static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
