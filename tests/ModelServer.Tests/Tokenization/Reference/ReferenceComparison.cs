using System.Diagnostics;
using System.Text.Json;
using ModelServer.Tokenization.PostProcessing;
using Testing;

namespace ModelServer.Tests.Tokenization.Reference;

/// <summary>Questions asked of the reference library in a process of its own, and ours compared with its answers.</summary>
internal static class ReferenceComparison
{
    private static readonly string Script = Path.Combine(NpmPackages.Folder(ReferenceEncoder.Folder), "compare.mjs");

    /// <summary>The answers in order; null for a tokenizer that ends the reference's process, which begins anew after it.</summary>
    public static IEnumerable<JsonElement?> Ask(IReadOnlyList<ReferenceQuestion> questions)
    {
        for (var done = 0; done < questions.Count;)
        {
            using var folder = new TokenizerFolder();
            var file = Path.Combine(folder.Path, "questions.jsonl");
            File.WriteAllLines(file, questions.Skip(done).Select(q => q.Line()));
            using var node = Process.Start(new ProcessStartInfo("node", [Script, file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            node.ErrorDataReceived += (_, _) => { };
            node.BeginErrorReadLine();
            // A line cut short is one that was being written when the process ended.
            while (node.StandardOutput.ReadLine() is { } line && line.EndsWith('}'))
            {
                done++;
                yield return JsonDocument.Parse(line).RootElement;
            }

            if (done == questions.Count) break;
            done++;
            yield return null;
        }
    }

    public static void AssertSame(ReferenceQuestion question, JsonElement answer)
    {
        var ours = SmallBpe.Load(question.Json);
        Assert.False(answer.TryGetProperty("refused", out var why), $"{question.Seed}: the reference refuses it: {why}");
        var (length, strategy, side) = (question.Truncation["max_length"]!.GetValue<int>(), Of<TruncationStrategy>("strategy"), Of<TruncationSide>("direction"));
        for (var i = 0; i < question.Texts.Length; i++)
        {
            var (text, pair) = question.Texts[i];
            AssertEncoding("with", () => ours.Encode(text, pair));
            AssertEncoding("plain", () => ours.Encode(text, pair, addSpecialTokens: false));
            AssertEncoding("cut", () => ours.Encode(text, pair, maxLength: length, truncate: true, strategy: strategy, side: side));

            void AssertEncoding(string member, Func<TokenEncoding> encode)
            {
                var (expected, actual) = (Expected(answer.GetProperty(member)[i]), Actual(encode, text, pair));
                Assert.True(expected == actual, $"{question.Seed}, {member}, {Json(text)}, {Json(pair)}:\n{expected} not\n{actual}");
            }
        }

        for (var i = 0; i < question.Ids.Length; i++)
        {
            int[] ids = question.Ids[i];
            foreach (var (skip, expected) in new[] { true, false }.Zip(answer.GetProperty("decoded")[i].EnumerateArray().Select(e => e.GetString()!)))
            {
                var actual = ours.Decode(ids, skip);
                Assert.True(expected == actual, $"{question.Seed}, {Json(ids.Select(ours.IdToToken))}: {Json(expected)} not {Json(actual)}");
            }

            StreamingDecoderTests.AssertStreams(ours, ids);
        }

        T Of<T>(string member)
            where T : struct, Enum =>
            Enum.Parse<T>(question.Truncation[member]!.GetValue<string>());
    }

    private static string Actual(Func<TokenEncoding> encode, string text, string? pair)
    {
        try
        {
            var encoding = encode();
            var places = encoding.CodePointOffsets(text, pair);
            return string.Join(' ', encoding.Ids.Select((id, i) => $"{id}[{places[i].Start}-{places[i].End}]{encoding.TypeIds[i]}{(encoding.Sequences[i] < 0 ? "*" : "")}"));
        }
        catch (ArgumentException e) when (e.ParamName is null)
        {
            return "refused";
        }
    }

    private static string Expected(JsonElement encoding)
    {
        if (encoding.ValueKind == JsonValueKind.Null) return "refused";
        var (types, places, special) = (encoding[1], encoding[2], encoding[4]);
        return string.Join(' ', encoding[0].EnumerateArray().Select((id, i) => $"{id}[{places[2 * i]}-{places[2 * i + 1]}]{types[i]}{(special[i].GetInt32() == 1 ? "*" : "")}"));
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value);
}

/// <summary>A test against the reference library's encodings; skipped where node or the package is missing.</summary>
internal sealed class ReferenceEncoderFactAttribute : FactAttribute
{
    public ReferenceEncoderFactAttribute() => Skip = ReferenceEncoder.Missing;
}
