using System.Text.Json;
using ModelServer.Tokenization.Json;

namespace ModelServer.Tests.Tokenization.Json;

public sealed class JsonScoreTests
{
    // The nearest number, save where the digits are more than a double holds: there as the reference library's reader has it.
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("-3.5", -3.5)]
    [InlineData("12E-1", 1.2)]
    [InlineData("1.5e+2", 150)]
    [InlineData("-7.2273393130192", -7.2273393130192)]
    [InlineData("-7.2273393130192005", -7.2273393130192)]
    [InlineData("1.8221289259944418", 1.8221289259944415)]
    [InlineData("123456789012345678901234567890", 1.2345678901234567e29)]
    [InlineData("0.00001", 1e-5)]
    [InlineData("3e-400", 0)]
    [InlineData("1e-99999999999", 0)]
    [InlineData("5e-320", 5e-320)]
    public void Read_Number_IsAsTheReferenceReadsIt(string json, double expected) => Assert.Equal(expected, JsonScore.Read(JsonDocument.Parse(json).RootElement));

    [Theory]
    [InlineData("1e309")]
    [InlineData("-1e99999999999")]
    public void Read_NumberOutOfRange_IsNull(string json) => Assert.Null(JsonScore.Read(JsonDocument.Parse(json).RootElement));
}
