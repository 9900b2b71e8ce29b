using ModelServer.TokenClassify;

namespace ModelServer.Tests.TokenClassify;

public class EntityGroupsTests
{
    private static readonly string[] Labels = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "MISC", "X-Y"];

    [Theory]
    [InlineData("B-PER I-PER I-PER", "PER 0-3")]
    [InlineData("I-PER I-PER", "PER 0-2")]
    [InlineData("B-PER B-PER I-PER", "PER 0-1, PER 1-3")]
    [InlineData("B-PER I-LOC", "PER 0-1, LOC 1-2")]
    [InlineData("O O B-LOC", "O 0-2, LOC 2-3")]
    [InlineData("MISC MISC O MISC", "MISC 0-2, O 2-3, MISC 3-4")]
    [InlineData("X-Y X-Y", "Y 0-2")]
    public void Of_Simple_JoinsNeighboursOfOneKind(string given, string expected)
    {
        ScoredToken[] tokens = [.. given.Split(' ').Select((label, i) => Token(i, false, Array.IndexOf(Labels, label), 0.5f))];

        Assert.Equal(expected, Told(EntityGroups.Of(tokens, Labels, Aggregation.Simple)));
    }

    /// <summary>Two words, the first of three tokens.</summary>
    [Theory]
    [InlineData("Simple", "PER 0-1, LOC 1-2, O 2-3, PER 3-4")]
    [InlineData("First", "PER 0-3, PER 3-4")]
    [InlineData("Max", "LOC 0-3, PER 3-4")]
    [InlineData("Average", "O 0-3, PER 3-4")]
    public void Of_Words_HaveOneLabel(string aggregation, string expected)
    {
        ScoredToken[] tokens =
        [
            new(0, 9, 0, 1, false, new float[] { 0.3f, 0.4f, 0.1f, 0.1f, 0.1f, 0, 0 }), new(1, 9, 1, 2, true, new float[] { 0.3f, 0, 0, 0.7f, 0, 0, 0 }),
            new(2, 9, 2, 3, true, new float[] { 0.6f, 0.1f, 0.3f, 0, 0, 0, 0 }), Token(3, false, 1, 0.9f),
        ];

        Assert.Equal(expected, Told(EntityGroups.Of(tokens, Labels, Enum.Parse<Aggregation>(aggregation))));
    }

    [Fact]
    public void Of_FirstTokenThatContinuesAWord_BeginsOneAllTheSame()
        => Assert.Equal("PER 0-2", Told(EntityGroups.Of([Token(0, true, 1, 1), Token(1, true, 3, 1)], Labels, Aggregation.First)));

    [Fact]
    public void Of_Nothing_IsNothing() => Assert.Empty(EntityGroups.Of([], Labels, Aggregation.Average));

    private static ScoredToken Token(int place, bool continues, int label, float score)
    {
        var scores = new float[Labels.Length];
        scores[label] = score;
        return new(place, 9, place, place + 1, continues, scores);
    }

    private static string Told(IEnumerable<LabelledPart> parts) => string.Join(", ", parts.Select(p => $"{p.Label} {p.Start}-{p.End}"));
}
