using System.Text;
using StackExchange.Redis;

namespace StandIns.Tests.Redis;

public sealed class RedisValueTests
{
    [Fact]
    public void Null_Conversions_AreNullOrZero()
    {
        var value = RedisValue.Null;

        Assert.True(value.IsNull && value.IsNullOrEmpty && !value.HasValue);
        Assert.Null((string?)value);
        Assert.Null((byte[]?)value);
        Assert.Null((long?)value);
        Assert.Equal(0, (int)value);
        Assert.False((bool)value);
        Assert.Equal(RedisValue.Null, (RedisValue)(string?)null);
        Assert.Equal("", value.ToString());
    }

    [Fact]
    public void Empty_IsNeitherNullNorAValue()
    {
        RedisValue value = "";

        Assert.False(value.IsNull);
        Assert.True(value.IsNullOrEmpty);
        Assert.False(value.HasValue);
        Assert.Equal(RedisValue.EmptyString, value);
        Assert.Equal(RedisValue.EmptyString, (RedisValue)Array.Empty<byte>());
        Assert.NotEqual(RedisValue.Null, value);
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Integer_ThroughText_IsItself(long number)
    {
        RedisValue value = number;

        Assert.True(value.IsInteger);
        Assert.Equal(number, (long)value);
        Assert.Equal(number.ToString(), (string?)value);
        Assert.Equal(number, (long)(RedisValue)(string?)value);
        Assert.Equal(value, (RedisValue)Encoding.UTF8.GetBytes(number.ToString()));
        Assert.Equal(value.GetHashCode(), ((RedisValue)number.ToString()).GetHashCode());
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(-1.5e300)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(3)]
    public void Double_ThroughText_IsItself(double number)
    {
        RedisValue value = number;

        Assert.Equal(number, (double)value);
        Assert.Equal(number, (double)(RedisValue)(string?)value);
    }

    [Fact]
    public void Unsigned_AboveLong_IsItself()
    {
        RedisValue value = ulong.MaxValue;

        Assert.Equal(ulong.MaxValue, (ulong)value);
        Assert.Equal("18446744073709551615", (string?)value);
    }

    [Fact]
    public void Bool_ThroughInteger_IsItself()
    {
        Assert.True((bool)(RedisValue)true);
        Assert.Equal(1, (int)(RedisValue)true);
        Assert.Equal((RedisValue)"1", (RedisValue)true);
        Assert.Throws<InvalidCastException>(() => (bool)(RedisValue)2);
    }

    [Fact]
    public void Memory_OfPartOfAnArray_IsThatPart()
    {
        byte[] whole = [0, 1, 2, 255, 4];
        RedisValue value = whole.AsMemory(1, 3);

        Assert.Equal([1, 2, 255], (byte[]?)value);
        Assert.Equal([1, 2, 255], ((ReadOnlyMemory<byte>)value).ToArray());
        Assert.Equal(3, value.Length());
        Assert.Equal((RedisValue)new byte[] { 1, 2, 255 }, value);
    }

    [Fact]
    public void Text_OfManyLanguages_SurvivesBytes()
    {
        const string Text = "naïve 日本 🙂";
        RedisValue value = Encoding.UTF8.GetBytes(Text);

        Assert.Equal(Text, (string?)value);
        Assert.Equal((RedisValue)Text, value);
        Assert.Equal(((RedisValue)Text).GetHashCode(), value.GetHashCode());
        Assert.Equal(Encoding.UTF8.GetByteCount(Text), ((RedisValue)Text).GetByteCount());
    }

    [Fact]
    public void Cast_OfWhatIsNoNumber_Throws()
    {
        RedisValue value = "twelve";

        Assert.Throws<InvalidCastException>(() => (long)value);
        Assert.Throws<InvalidCastException>(() => (double)value);
        Assert.False(value.TryParse(out long _));
        Assert.True(((RedisValue)"12").TryParse(out int twelve));
        Assert.Equal(12, twelve);
    }

    [Fact]
    public void Key_TextAndItsBytes_AreEqual()
    {
        RedisKey text = "k", bytes = "k"u8.ToArray();

        Assert.True(text == bytes);
        Assert.True(text == "k");
        Assert.Equal(text.GetHashCode(), bytes.GetHashCode());
        Assert.Equal("pk", (string?)text.Prepend("p"));
        Assert.NotEqual(text, (RedisKey)"other");
    }

    [Fact]
    public void Channel_LiteralAndPattern_AreNotEqual()
    {
        Assert.Equal(RedisChannel.Literal("a"), RedisChannel.Literal("a"u8.ToArray()));
        Assert.NotEqual(RedisChannel.Literal("a"), RedisChannel.Pattern("a"));
        Assert.True(RedisChannel.Pattern("a*").IsPattern);
    }
}
