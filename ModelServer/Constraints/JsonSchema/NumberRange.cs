using System.Numerics;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>A set of numbers.</summary>
/// <param name="Min">Null where there is no least.</param>
/// <param name="Modulus">Null, or what integers are multiples of.</param>
/// <param name="Decimals">Null, or the most digits behind the point.</param>
internal sealed record NumberRange(bool IsInteger, NumberBound? Min, NumberBound? Max, BigInteger? Modulus = null, int? Decimals = null)
{
    public static NumberRange All { get; } = new(false, null, null);

    public static NumberRange Integers { get; } = new(true, null, null);

    /// <summary>The least integer within, where there are bounds.</summary>
    public BigInteger? Least => Min is not { } min ? null : min.IsExclusive ? min.Value.Floor + 1 : min.Value.Ceiling;

    public BigInteger? Most => Max is not { } max ? null : max.IsExclusive ? max.Value.Ceiling - 1 : max.Value.Floor;

    public bool IsEmpty
    {
        get
        {
            if (Min is not { } min || Max is not { } max) return false;
            if (!IsInteger) return min.Value > max.Value || (min.Value == max.Value && (min.IsExclusive || max.IsExclusive));
            return (Modulus is { } m ? NextMultiple(Least!.Value, m) : Least) > Most;
        }
    }

    public NumberRange Meet(NumberRange other) => new(
        IsInteger || other.IsInteger,
        Tighter(Min, other.Min, 1),
        Tighter(Max, other.Max, -1),
        Modulus is { } a && other.Modulus is { } b ? a / BigInteger.GreatestCommonDivisor(a, b) * b : Modulus ?? other.Modulus,
        Decimals is { } c && other.Decimals is { } d ? Math.Min(c, d) : Decimals ?? other.Decimals);

    public bool Contains(ExactNumber number)
        => (!IsInteger || number.IsInteger)
        && (Min is not { } min || (min.IsExclusive ? number > min.Value : !(number < min.Value)))
        && (Max is not { } max || (max.IsExclusive ? number < max.Value : !(number > max.Value)))
        && (Modulus is not { } m || number.Mantissa % m == 0)
        && (Decimals is not { } decimals || number.Scale <= decimals);

    private static BigInteger NextMultiple(BigInteger from, BigInteger modulus)
        => from + (((-from % modulus) + modulus) % modulus);

    private static NumberBound? Tighter(NumberBound? a, NumberBound? b, int sign)
    {
        if (a is not { } x || b is not { } y) return a ?? b;
        var order = x.Value.CompareTo(y.Value) * sign;
        return order > 0 || (order == 0 && x.IsExclusive) ? x : y;
    }
}

internal readonly record struct NumberBound(ExactNumber Value, bool IsExclusive);
