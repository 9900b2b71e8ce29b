using System.Buffers.Binary;
using System.Text;
using ModelServer.ModelFiles;

namespace ModelServer.Tests.ModelFiles;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("safetensors-").FullName, "model.safetensors");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void Read_EveryTypeOfNumber_IsExact()
    {
        Write("""{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{"dtype":"F16","shape":[2],"data_offsets":[8,12]},"c":{"dtype":"BF16","shape":[1],"data_offsets":[12,14]},"d":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""",
            [.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-3e-40f), .. BitConverter.GetBytes((Half)0.1f), .. BitConverter.GetBytes(Half.PositiveInfinity), 0x40, 0xC0]);
        using var file = new SafetensorsFile(_path);

        Assert.Equal([1.5f, -3e-40f], file.Read("a", 2, 1));
        Assert.Equal([(float)(Half)0.1f, float.PositiveInfinity], file.Read("b", 2));
        Assert.Equal([-3f], file.Read("c", 1));
        Assert.Equal([1.5f], file.Read("d"));
        Assert.True(file.Has("a") && !file.Has("e"));
        Assert.Contains("[2, 1]", Assert.Throws<ModelLoadException>(() => file.Read("a", 1, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("'e'", Assert.Throws<ModelLoadException>(() => file.Read("e", 1)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", "I64")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", "not where")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}""", "not where")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[9,13]}}""", "not where")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "entry")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775803,9223372036854775807]}}""", "not where")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}}""", "instead of")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999],"data_offsets":[0,8]}}""", "entry")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", "entry")]
    [InlineData("""{"a":{"dtype":"F32","shape":{},"data_offsets":[0,4]}}""", "entry")]
    [InlineData("""{"a":{"dtype":4,"shape":[1],"data_offsets":[0,4]}}""", "entry")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", "entry")]
    [InlineData("""{"a":7}""", "entry")]
    [InlineData("""{"a":{},"a":{}}""", "header")]
    [InlineData("[]", "header")]
    [InlineData("{", "header")]
    [InlineData("", "header")]
    public void Read_HostileHeader_IsRefusedWithAReason(string header, string reason)
    {
        Write(header, new byte[8]);

        var message = Assert.Throws<ModelLoadException>(() =>
        {
            using var file = new SafetensorsFile(_path);
            return file.Read("a", 1);
        }).Message;

        Assert.StartsWith("model.safetensors: ", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TensorBeyondAllBounds_IsRefusedBeforeItIsMade()
    {
        Write("""{"a":{"dtype":"F32","shape":[2147483647,2147483647],"data_offsets":[0,8]}}""", new byte[8]);
        using var file = new SafetensorsFile(_path);

        Assert.Contains("too large", Assert.Throws<ModelLoadException>(() => file.Read("a", int.MaxValue, int.MaxValue)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 9, 0, 0, 0, 0, 0, 0, 0, 1 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 1 })]
    [InlineData(new byte[] { 0, 0, 0, 128, 0, 0, 0, 0, 1 })]
    public void Open_LengthThatIsNone_IsRefused(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);

        Assert.Throws<ModelLoadException>(() => new SafetensorsFile(_path));
    }

    [Fact]
    public void Read_BrokenFiles_NeverFailOtherwise()
    {
        Write("""{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}""", new byte[8]);
        var whole = File.ReadAllBytes(_path);
        var random = new Random(5);
        for (var i = 0; i < 500; i++)
        {
            var broken = whole.AsSpan(0, random.Next(4) == 0 ? random.Next(whole.Length) : whole.Length).ToArray();
            for (var changes = random.Next(4); changes >= 0 && broken.Length > 0; changes--) broken[random.Next(broken.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(_path, broken);
            try
            {
                using var file = new SafetensorsFile(_path);
                file.Read("a", 2, 1);
            }
            catch (ModelLoadException)
            {
                // Told with a reason.
            }
        }
    }

    private void Write(string header, byte[] numbers)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        File.WriteAllBytes(_path, [.. length, .. text, .. numbers]);
    }
}
