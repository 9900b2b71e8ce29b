using System.Text.Json;
using ModelServer.ToolCalls;

namespace ModelServer.Tests.ToolCalls;

public class JsonScannerTests
{
    private const int Values = 20_000;
    private const string Alphabet = "{}[]\",:\\ 0123-+.eEtrufalsn\nü";

    [Theory]
    [InlineData("{\"a\": [1, -0.5e+10, {\"b\": [true, false, null, \"\\u00e9\\n\"]}]}")]
    [InlineData("[]")]
    [InlineData("{ }")]
    [InlineData("\"a\\\"b\"")]
    [InlineData("null")]
    public void Read_Value_EndsWithItsLastCharacter(string json)
    {
        var scanner = new JsonScanner();

        Assert.All(json[..^1], c => Assert.Equal(Scan.On, scanner.Read(c)));
        Assert.Equal(Scan.End, scanner.Read(json[^1]));
    }

    [Fact]
    public void Read_Number_EndsBeforeWhatFollows()
    {
        var scanner = new JsonScanner();

        Assert.Equal([Scan.On, Scan.On, Scan.Over], "12}".Select(scanner.Read));
    }

    /// <summary>What it takes for a value the framework's reader takes, and the other way round.</summary>
    [Fact]
    public void Read_RandomLists_AgreesWithTheFramework()
    {
        var random = new Random(3);
        var valid = 0;
        for (var i = 0; i < Values; i++)
        {
            var json = Mutated(random);
            var scanner = new JsonScanner();
            var scan = Scan.On;
            var place = 0;
            while (place < json.Length && scan == Scan.On) scan = scanner.Read(json[place++]);
            var isValue = scan == Scan.End && string.IsNullOrWhiteSpace(json[place..]);

            Assert.True(isValue == IsJson(json), json);
            if (isValue) valid++;
        }

        Assert.InRange(valid, Values / 20, Values);
    }

    private static string Mutated(Random random)
    {
        var json = """[{"a": [1, -2.5e3], "b": null}, "c\n", true]""".ToCharArray().ToList();
        for (var changes = random.Next(0, 3); changes > 0; changes--)
        {
            var place = random.Next(1, json.Count);
            if (random.Next(2) == 0) json.RemoveAt(place);
            else json.Insert(place, Alphabet[random.Next(Alphabet.Length)]);
        }

        return new([.. json]);
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
