using ModelServer.ModelFiles;

namespace ModelServer.Tests.Decoders;

public class RefusedDecoderTests
{
    [Theory]
    [InlineData("no-cache", "past_key_values")]
    [InlineData("other-input", "cache_position")]
    [InlineData("other-cache", "Identity")]
    [InlineData("per-tensor", "DynamicQuantizeLinear")]
    [InlineData("across-rows", "beside others")]
    [InlineData("across-rows-rounded", "beside others")]
    public void Load_FormThatIsNotServed_SaysWhich(string name, string reason)
        => Assert.Contains(reason, Assert.Throws<ModelLoadException>(() => TinyDecoder.LoadForm(name)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("tiny-sentence")]
    [InlineData("tiny-embedding-half")]
    public void Load_Encoder_IsRefused(string name) => Assert.Throws<ModelLoadException>(() => TinyDecoder.Load(name));
}
