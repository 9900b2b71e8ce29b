// What the engine is tried on: each namespace is a building, each one below it a folder.
namespace Buildings.Sound.Upper
{
    internal sealed class Roof(Lower.Wall wall)
    {
        public Lower.Wall Wall => wall;
    }
}

namespace Buildings.Sound.Lower
{
    internal sealed class Wall;
}

namespace Buildings.Leaning.Upper
{
    internal static class Roof
    {
        public static int Height => 3;

        public static T Cover<T>(T what) => what;
    }

    internal interface IRoofed;

    internal sealed class Tile : Attribute;
}

namespace Buildings.Leaning.Lower
{
    internal sealed class ByBase : Upper.IRoofed;

    internal sealed class ByConstraint<T> where T : Upper.IRoofed;

    [Upper.Tile]
    internal sealed class ByAttribute;

    [method: System.Diagnostics.CodeAnalysis.DynamicDependency("Cover", typeof(Upper.Roof))]
    internal sealed class ByTypeInAttribute();

    internal sealed class ByGenericArgument
    {
        public List<Upper.IRoofed[]>? Field { get; set; }
    }

    internal sealed class ByCall
    {
        public int Height() => Upper.Roof.Height;
    }

    internal sealed class ByLambda
    {
        public Func<int> Height(int more) => () => Upper.Roof.Height + more;
    }

    internal sealed class ByAsync
    {
        public async Task<int> HeightAsync()
        {
            await Task.Yield();
            return Upper.Roof.Height;
        }
    }

    internal sealed class ByCast
    {
        public bool IsRoofed(object what) => what is Upper.IRoofed;
    }
}

namespace Buildings.Leaning.Lower.Cellar
{
    internal sealed class ByNested
    {
        internal sealed class Inner
        {
            public Inner? Cover() => Upper.Roof.Cover<Inner?>(null);
        }
    }
}
