using System.Diagnostics;
using System.Text.Json.Nodes;
using Testing;
using Xunit.Abstractions;

namespace ModelServer.Tests.Constraints.JsonSchema;

public class XGrammarTests(ITestOutputHelper output)
{
    private const int Schemas = 500, Texts = 6;
    private const string Folder = "ModelServer.Tests/Constraints/XGrammar";

    /// <summary>Where XGrammar and we disagree on a text, the validator judges. Texts are written without white space, of which both have rules of their own.</summary>
    [XGrammarFact]
    public void Texts_OfWhichXGrammarThinksOtherwise_AreAsTheValidatorSays()
    {
        var cases = RandomSchemaTests.Grammars(Schemas).Select(g =>
        {
            var (validator, writer, random) = (new SchemaValidator(g.Schema), new GrammarWriter(g.Grammar), new Random(g.Seed));
            var texts = Enumerable.Range(0, Texts).Select(_ => RandomSchemaTests.Parse(writer.Write(random)))
                .Select((json, i) => CanonicalJson.Write(i % 2 == 0 || json is null ? json : new Mutation(random).Of(json)))
                .Where(SchemaValidator.CanJudge).ToArray();
            return (g.Schema, Texts: texts, Ours: Array.ConvertAll(texts, t => GrammarRecogniser.Accepts(g.Grammar, t)), Valid: Array.ConvertAll(texts, validator.Validates));
        }).ToArray();

        var theirs = Ask(new JsonArray([.. cases.Select(c => new JsonArray(c.Schema, new JsonArray([.. c.Texts.Select(t => JsonValue.Create(t))])))]));

        var (same, theyTakeInvalid, theyRefuseValid, weRefuseValid, refused) = (0, 0, 0, 0, 0);
        foreach (var (of, answer) in cases.Zip(theirs.AsArray()))
        {
            if (answer is not JsonArray accepted)
            {
                refused++;
                output.WriteLine($"no grammar of {of.Schema}: {answer}");
                continue;
            }

            for (var i = 0; i < of.Texts.Length; i++)
            {
                var (ours, their, valid) = (of.Ours[i], accepted[i]!.GetValue<bool>(), of.Valid[i]);
                Assert.False(ours && !valid, $"{of.Schema} accepts {of.Texts[i]}");
                if (ours == their)
                {
                    same++;
                    continue;
                }

                if (!valid) theyTakeInvalid++;
                else if (ours) theyRefuseValid++;
                else weRefuseValid++;
                if (valid && !ours) Assert.Contains("\"format\"", of.Schema, StringComparison.Ordinal);
                output.WriteLine($"{(valid ? "valid" : "invalid")}, ours {ours}, theirs {their}: {of.Schema} {of.Texts[i]}");
            }
        }

        output.WriteLine($"{cases.Length} schemas, {same} texts alike; theirs takes {theyTakeInvalid} that are invalid and refuses {theyRefuseValid} that are valid; ours refuses {weRefuseValid} that are valid; theirs has no grammar of {refused} schemas");
        Assert.True(same > cases.Length);
    }

    private static JsonNode Ask(JsonArray cases)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, cases.ToJsonString());
            using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(NpmPackages.Folder(Folder), "accept.mjs"), file]) { RedirectStandardOutput = true })!;
            // What the library prints of its own comes first.
            var answer = node.StandardOutput.ReadToEnd();
            node.WaitForExit();
            return JsonNode.Parse(answer[(answer.LastIndexOf('\n') + 1)..])!;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>A test against XGrammar; skipped where node or its package is missing.</summary>
    private sealed class XGrammarFactAttribute : FactAttribute
    {
        public XGrammarFactAttribute() => Skip = NpmPackages.Missing(Folder);
    }
}
