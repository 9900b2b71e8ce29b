using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Testing;

namespace ModelServer.Tests.Embed;

/// <summary>Models of the field give the answers that they give elsewhere.</summary>
public sealed class PretrainedEmbeddingTests(PretrainedModels models) : IClassFixture<PretrainedModels>
{
    private static readonly string[] Sentences =
    [
        "A man is eating food.", "A man is eating a piece of bread.", "The girl is carrying a baby.", "Yes.", "A man is riding a white horse on an enclosed ground.",
        "Two men pushed carts through the woods, and nobody who lived in the village by the river ever learned why they had done so in the middle of the night.",
        "A monkey is playing drums.", "Someone in a gorilla costume is playing a set of drums.", "The committee will meet again next Tuesday at nine.", "Rain is expected.",
        "Interest rates rose for the third time this year, which surprised most of the economists who had been asked.", "Where is the station?", "I did not like the film at all.",
        "It was the best film that I have seen in years, funny and sad at once.", "The cat sat on the mat.", "Water boils at one hundred degrees.",
        "To install the package, run the script in the root of the repository and follow what it says on the screen until it asks for a password.", "Hello, world!",
        "The museum is closed on Mondays; tickets for all other days can be bought online or at the entrance.", "Bread, butter and jam.", "She sells sea shells by the sea shore.",
        "Photosynthesis turns light into chemical energy, which plants store in sugars.", "No.", "Trains between the two cities run every thirty minutes.", "He was late again.",
        "A theory should be as simple as possible, but not simpler.", "Music was playing somewhere in the house, softly, as if it came from behind a closed door.", "Turn left at the second light.",
        "The patient was given ten milligrams and felt better within the hour.", "Dogs bark.", "An old friend of mine, whom I had not seen since school, called me yesterday evening.", "Good night.",
    ];

    [Fact]
    public async Task MiniLM_OnTwoSentencesOfItsDocumentation_ScoresAsPublished()
    {
        var client = await models.Host.CreateReadyClientAsync();

        var vectors = await EmbedAsync(client, PretrainedModels.MiniLM, Sentences[..2]);

        Assert.Equal(0.7553, Dot(vectors[0], vectors[1]), 1e-4);
    }

    [Theory]
    [InlineData(PretrainedModels.MiniLM, true)]
    [InlineData(PretrainedModels.ArcticXs, false)]
    public async Task Embeddings_OfOneRequestForAll_AreTheReferences(string model, bool meanPooling)
    {
        var client = await models.Host.CreateReadyClientAsync();
        using var reference = new ReferenceEncoder(PretrainedModels.Folder(model), meanPooling);

        var vectors = await EmbedAsync(client, model, Sentences);

        for (var i = 0; i < Sentences.Length; i++) AssertClose(reference.Embed(Sentences[i]), vectors[i]);
    }

    [Theory]
    [InlineData(PretrainedModels.MiniLM)]
    [InlineData(PretrainedModels.ArcticXs)]
    public async Task Embedding_AloneOrWithOthers_IsTheSame(string model)
    {
        var client = await models.Host.CreateReadyClientAsync();

        var together = await EmbedAsync(client, model, Sentences);

        for (var i = 0; i < Sentences.Length; i++) AssertClose([.. (await EmbedAsync(client, model, Sentences[i]))[0].Select(x => (double)x)], together[i]);
    }

    [Fact]
    public void Vocabulary_OfThePackages_HasTheLineEndsOfWindows()
        => Assert.All([PretrainedModels.MiniLM, PretrainedModels.ArcticXs], m => Assert.StartsWith("[PAD]\r\n", File.ReadAllText(Path.Combine(PretrainedModels.Folder(m), "vocab.txt"))));

    [StsFact]
    public async Task MiniLM_OnTheStsBenchmark_RanksAsPublished()
    {
        var client = await models.Host.CreateReadyClientAsync();
        var pairs = File.ReadLines(StsFactAttribute.File!).Skip(1).Select(line => line.Split('\t')).Where(f => f.Length >= 10).ToArray();

        var scores = new List<double>();
        foreach (var some in pairs.Chunk(64))
        {
            var vectors = await EmbedAsync(client, PretrainedModels.MiniLM, [.. some.SelectMany(p => new[] { p[7], p[8] })]);
            for (var i = 0; i < some.Length; i++) scores.Add(Dot(vectors[2 * i], vectors[(2 * i) + 1]));
        }

        Assert.Equal(0.867, Spearman([.. pairs.Select(p => double.Parse(p[9], CultureInfo.InvariantCulture))], [.. scores]), 1e-3);
    }

    private static async Task<float[][]> EmbedAsync(HttpClient client, string model, params string[] input)
    {
        using var response = (await client.PostAsJsonAsync("/v1/embeddings", new { model, input })).EnsureSuccessStatusCode();
        return [.. (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").EnumerateArray().Select(d => d.Floats("embedding"))];
    }

    private static void AssertClose(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5);
    }

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();

    /// <summary>Pearson's correlation of ranks; those who are alike share the mean of theirs.</summary>
    private static double Spearman(double[] a, double[] b)
    {
        var (x, y) = (Ranks(a), Ranks(b));
        var (mx, my) = (x.Average(), y.Average());
        var covariance = x.Zip(y, (p, q) => (p - mx) * (q - my)).Sum();
        return covariance / Math.Sqrt(x.Sum(p => (p - mx) * (p - mx)) * y.Sum(q => (q - my) * (q - my)));
    }

    private static double[] Ranks(double[] values)
    {
        var ranks = new double[values.Length];
        var first = 0;
        foreach (var alike in Enumerable.Range(0, values.Length).GroupBy(i => values[i]).OrderBy(g => g.Key).Select(g => g.ToArray()))
        {
            foreach (var i in alike) ranks[i] = first + ((alike.Length - 1) / 2.0);
            first += alike.Length;
        }

        return ranks;
    }

    /// <summary>Skipped, never passed, where the benchmark's sentences are not.</summary>
    private sealed class StsFactAttribute : FactAttribute
    {
        public StsFactAttribute() => Skip = File is null ? "There is no stsb_dev.tsv among the fixtures." : null;

        public static string? File { get; } = RepositoryPaths.Fixtures is { } folder && Path.Combine(folder, "data", "stsb", "stsb_dev.tsv") is var path && System.IO.File.Exists(path) ? path : null;
    }
}
