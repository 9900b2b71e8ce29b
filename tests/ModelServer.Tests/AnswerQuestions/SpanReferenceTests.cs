using System.Globalization;
using System.Text.Json;
using ModelServer.AnswerQuestions;
using ModelServer.Encoders;
using ModelServer.Scheduling;
using ModelServer.Tests.Encoders;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;

namespace ModelServer.Tests.AnswerQuestions;

/// <summary>Random questions about random contexts, from a real graph's logits on as an independent program in Python answers them. <c>QUESTION_CASES</c> says how many.</summary>
public sealed class SpanReferenceTests : IDisposable
{
    private const int MaxTokens = 64;
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("QUESTION_CASES") ?? "400", CultureInfo.InvariantCulture);
    private static readonly string[] Words = ["rain", "Rain", "river", "the", "a", "zebra", "quagga", "boat.", "😀", "élan", "train's", "cold", "x", "(sea)", "story", "[CLS]", "was"];
    private static readonly HuggingFaceTokenizer Tokenizer = TokenizerLoader.Load(SmallModels.Folder("tiny-answer"));
    private static readonly int Cls = Tokenizer.TokenToId("[CLS]")!.Value;
    private readonly EncoderSession _session = TinyEncoder.Open("tiny-answer", OutputChoice.NumberPerToken("start_logits"), OutputChoice.NumberPerToken("end_logits"));

    public void Dispose() => _session.Dispose();

    [NumpyFact]
    public void Answers_RandomContexts_AreThoseOfTheReference()
    {
        var random = new Random(20300131);
        using var buffers = _session.CreateBuffers();
        var cases = Enumerable.Range(0, Count).Select(i => Make(random, buffers, hasTies: i % 3 == 0)).ToArray();

        var reference = NumpyReference.Ask(cases.Select(c => c.Question));

        Assert.Equal(Count, reference.Length);
        for (var i = 0; i < Count; i++) AssertAlike(reference[i], cases[i].Answers, $"case {i}: {JsonSerializer.Serialize(cases[i].Question)}");
        Assert.Contains(cases, c => c.Answers.Any(a => a.Text.Length == 0));
        Assert.Contains(cases, c => c.Windows > 5);
    }

    /// <summary>Rank by rank; where scores are equal but for rounding, either may come first.</summary>
    private static void AssertAlike(JsonElement reference, FoundAnswer[] answers, string what)
    {
        var expected = reference.EnumerateArray().Select(a => (Text: a.GetProperty("text").GetString()!, Score: a.GetProperty("score").GetDouble(), Start: a.GetProperty("start").GetInt32(), End: a.GetProperty("end").GetInt32())).ToArray();
        Assert.True(expected.Length == answers.Length, what);
        for (var i = 0; i < expected.Length; i++)
        {
            var (theirs, ours) = (expected[i], answers[i]);
            Assert.True(Math.Abs(theirs.Score - ours.Score) < 1e-5, $"{what}\n{theirs} not {ours}");
            var isSame = (theirs.Text, theirs.Start, theirs.End) == (ours.Text, ours.Place.Start, ours.Place.End);
            Assert.True(isSame || expected.Where((e, k) => k != i && Math.Abs(e.Score - theirs.Score) < 1e-6).Any() || i == expected.Length - 1, $"{what}\n{theirs} not {ours}");
        }
    }

    private Case Make(Random random, EncoderBuffers buffers, bool hasTies)
    {
        var (question, context) = (Text(random, random.Next(1, 8)), Text(random, random.Next(1, 120)));
        var tokens = random.Next(40, MaxTokens + 1);
        var settings = new AnswerSettings
        {
            TopK = random.Next(3) == 0 ? 1 : random.Next(1, 30),
            MaxAnswerTokens = random.Next(1, 20),
            HandleImpossibleAnswer = random.Next(2) == 0,
            AlignToWords = random.Next(3) > 0,
            WindowTokens = tokens,
            Stride = random.Next(0, 5),
        };
        var (asked, all) = (Tokenizer.Tokenize(question), Tokenizer.Tokenize(context));
        var windows = new ContextReader(Tokenizer, MaxTokens, settings, int.MaxValue).Read([new("question", question, "context", context)]);
        var (answers, told, first) = (new AnswerList(context, settings), new List<object>(), 0);
        var encoding = Tokenizer.Encode("", context);
        var offsets = encoding.CodePointOffsets("", context).Where((_, i) => encoding.Sequences[i] == 1);
        foreach (var window in windows)
        {
            using var batch = new Batch([new EncoderSequence(window.Ids, window.TypeIds, QueueLane.Server)], BatchClosed.Drained);
            var row = _session.Run(batch, buffers)[0];
            var half = row.Length / 2;
            // Of starts alone: products of other factors would be equal but for rounding, which may differ in the last bit.
            if (hasTies) foreach (ref var start in row.AsSpan(0, half)) start = MathF.Round(start);
            answers.Add(window, row, Cls);
            told.Add(new { ids = window.Ids, at = window.Context.Start, first, last = first + window.Words.Length, start = row[..half], end = row[half..] });
            first += window.Words.Length - settings.Stride!.Value;
        }

        return new(
            new
            {
                context,
                offsets = offsets.Select(o => new[] { o.Start, o.End }),
                words = all.Words(new(0, all.Length)),
                width = tokens - asked.Length - Tokenizer.SpecialTokenCount(isPair: true),
                stride = settings.Stride,
                cls = Cls,
                windows = told,
                settings = new { top_k = settings.TopK, max_answer_length = settings.MaxAnswerTokens, handle_impossible_answer = settings.HandleImpossibleAnswer, align_to_words = settings.AlignToWords },
            },
            [.. answers.Best().Select(a => a with { Place = new(CodePoints(context, a.Place.Start), CodePoints(context, a.Place.End)) })],
            windows.Count);
    }

    private static int CodePoints(string text, int place) => text[..place].EnumerateRunes().Count();

    private static string Text(Random random, int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => Words[random.Next(Words.Length)]));

    /// <param name="Question">As the reference reads it.</param>
    private sealed record Case(object Question, FoundAnswer[] Answers, int Windows);
}
