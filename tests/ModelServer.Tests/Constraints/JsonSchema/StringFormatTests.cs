using System.Text.Json;
using ModelServer.Constraints.JsonSchema;

namespace ModelServer.Tests.Constraints.JsonSchema;

public class StringFormatTests
{
    [Theory]
    [InlineData("date", "2024-02-29 2000-02-29 1999-12-31 0004-02-29", "2023-02-29 1900-02-29 2024-13-01 2024-04-31 0000-01-01 24-01-01")]
    [InlineData("time", "23:59:59Z 00:00:00.5+02:00", "24:00:00Z 12:00Z 12:00:00 12:60:00Z")]
    [InlineData("date-time", "2024-02-29T12:00:00Z 2024-01-01T00:00:00.123456-11:30", "2024-02-29 2024-02-29T12:00:00 2024-02-30T12:00:00Z")]
    [InlineData("duration", "P1Y P1Y2M3D PT1H P3W P1DT2H3M4S PT5S", "P PT P1S 1D P1YT P1W2D PT1H3S")]
    [InlineData("uuid", "123e4567-e89b-12d3-a456-426614174000", "123e4567e89b12d3a456426614174000 123e4567-e89b-12d3-a456-42661417400g")]
    [InlineData("email", "a@b.co first.last+tag@mail.example.org", "a@b @b.co a.@b.co a@-b.co")]
    [InlineData("ipv4", "0.0.0.0 255.255.255.255 192.168.1.10", "256.0.0.1 1.2.3 01.2.3.4 1.2.3.4.5")]
    [InlineData("ipv6", "::1 :: 2001:db8::ff00:42:8329 1:2:3:4:5:6:7:8 1:2:3:4:5:6::8 1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7 1::2::3 12345::1 1:2:3:4:5:6:7:8:9")]
    [InlineData("hostname", "localhost a.example.com x-1.y", "-a a-. a..b")]
    [InlineData("uri", "https://example.com/a/b?c=d#e urn:isbn:123 http://localhost:8080 ftp://x/%20", "example.com //a/b http:// http://a%zz x")]
    public void Texts_OfAFormat_AreOfIt(string format, string right, string wrong)
    {
        var grammar = SchemaGrammar.Of(JsonSerializer.SerializeToElement(new { type = "string", format }));
        var validator = new SchemaValidator($$"""{"format":"{{format}}"}""");

        foreach (var text in right.Split(' '))
        {
            Assert.True(validator.Validates($"\"{text}\""), text);
            Assert.True(GrammarRecogniser.Accepts(grammar, $"\"{text}\""), text);
        }

        foreach (var text in wrong.Split(' ')) Assert.False(GrammarRecogniser.Accepts(grammar, $"\"{text}\""), text);
        var writer = new GrammarWriter(grammar);
        for (var seed = 0; seed < 100; seed++)
        {
            var text = writer.Write(new Random(seed));
            Assert.True(validator.Validates(text), text);
        }
    }
}
