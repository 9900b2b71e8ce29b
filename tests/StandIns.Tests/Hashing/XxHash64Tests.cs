using System.Buffers.Binary;
using System.IO.Hashing;

namespace StandIns.Tests.Hashing;

public sealed class XxHash64Tests
{
    /// <summary>Computed with the official assembly, for bytes 3, 10, 17, … and seeds 0 and -5.</summary>
    [Theory]
    [InlineData(0, 0xEF46DB3751D8E999, 0x07718583102D12CC)]
    [InlineData(1, 0x1F25C8D0BC1F4BB6, 0x6DE1ECCE556F0E6D)]
    [InlineData(3, 0x31D2363F52E564C9, 0xAF77C691C99469AC)]
    [InlineData(4, 0x9BB64B7D66EE9FDA, 0x4B91F6D559D189F2)]
    [InlineData(7, 0x9A7B149959CE60D8, 0xC89370132CC93115)]
    [InlineData(8, 0xDAB99D95C6F90092, 0x4A40B5B498BDEC69)]
    [InlineData(12, 0xD52E407833AF5133, 0xB51A819C7C492FBB)]
    [InlineData(31, 0xA2AA5F33CC4A6119, 0x6AF3C207F4FE6658)]
    [InlineData(32, 0x23C3C17EF790FD97, 0xB678A7137CF6065B)]
    [InlineData(33, 0x50A7CFC7BA588784, 0x505078CA10FF14BA)]
    [InlineData(63, 0x5E3E54B431C7493C, 0x752D3C79FB60E615)]
    [InlineData(64, 0x0EB64B3EF6EEB01F, 0xCE779DE6E4B7CC60)]
    [InlineData(100, 0xA61F8D4C170FE531, 0x1CF91CC57E8689FF)]
    [InlineData(1000, 0x5F235FA033F1A3FB, 0x22E9D0F0D6E743FB)]
    public void Hash_OfKnownBytes_IsTheOfficialOne(int length, ulong plain, ulong seeded)
    {
        var bytes = Enumerable.Range(0, length).Select(i => (byte)((i * 7) + 3)).ToArray();
        Assert.Equal(plain, XxHash64.HashToUInt64(bytes));
        Assert.Equal(seeded, XxHash64.HashToUInt64(bytes, -5));
        Assert.Equal(plain, BinaryPrimitives.ReadUInt64BigEndian(XxHash64.Hash(bytes)));
    }

    [Fact]
    public void Hash_OfNull_Throws() => Assert.Throws<ArgumentNullException>("source", () => XxHash64.Hash(null!));

    [Fact]
    public void Assembly_HasTheIdentityThatTheProxyWasBuiltAgainst()
    {
        var name = typeof(XxHash64).Assembly.GetName();
        Assert.Equal("System.IO.Hashing", name.Name);
        Assert.True(name.Version >= new Version(7, 0));
        Assert.Equal("CC7B13FFCD2DDD51", Convert.ToHexString(name.GetPublicKeyToken()!));
    }
}
