using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The manifest name of a conditional expression: its condition in words, then the XXH32 (seed 0) of all of it.</summary>
internal static class ConditionalName
{
    private const uint Prime1 = 0x9E3779B1, Prime2 = 0x85EBCA77, Prime3 = 0xC2B2AE3D, Prime4 = 0x27D4EB2F, Prime5 = 0x165667B1;

    public static string Of(IValueProvider condition, string match, ReferenceExpression whenTrue, ReferenceExpression whenFalse)
    {
        var expression = (condition as IManifestExpressionProvider)?.ValueExpression;
        var words = string.Join('-', (expression ?? "").Split(['{', '}', '.', '-', ':', '_'], StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
        var hash = XxHash32(Encoding.UTF8.GetBytes((expression ?? condition.GetType().Name) + whenTrue.ValueExpression + whenFalse.ValueExpression + match));
        return $"cond-{(words.Length > 0 ? words : "expr")}-{hash:x8}";
    }

    internal static uint XxHash32(ReadOnlySpan<byte> data)
    {
        var length = (uint)data.Length;
        uint hash;
        if (data.Length >= 16)
        {
            uint a = unchecked(Prime1 + Prime2), b = Prime2, c = 0, d = unchecked(0u - Prime1);
            for (; data.Length >= 16; data = data[16..])
            {
                a = Round(a, data);
                b = Round(b, data[4..]);
                c = Round(c, data[8..]);
                d = Round(d, data[12..]);
            }

            hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
        }
        else
        {
            hash = Prime5;
        }

        hash += length;
        for (; data.Length >= 4; data = data[4..]) hash = BitOperations.RotateLeft(hash + BinaryPrimitives.ReadUInt32LittleEndian(data) * Prime3, 17) * Prime4;
        foreach (var b in data) hash = BitOperations.RotateLeft(hash + b * Prime5, 11) * Prime1;
        hash = (hash ^ (hash >> 15)) * Prime2;
        hash = (hash ^ (hash >> 13)) * Prime3;
        return hash ^ (hash >> 16);
    }

    private static uint Round(uint lane, ReadOnlySpan<byte> data) => BitOperations.RotateLeft(lane + BinaryPrimitives.ReadUInt32LittleEndian(data) * Prime2, 13) * Prime1;
}
