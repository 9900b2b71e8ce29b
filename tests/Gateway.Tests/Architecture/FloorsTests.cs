using Buildings.Leaning.Upper;
using Testing;

namespace Gateway.Tests.Architecture;

public class FloorsTests
{
    private const string Leaning = "Buildings.Leaning", Sound = "Buildings.Sound";

    [Fact]
    public void Faults_UpperUsesLower_AreNone() => Assert.Empty(Find(Sound, "Upper", "Lower"));

    [Fact]
    public void Faults_LowerUsesUpper_AreNamedWhateverTheWay()
        => Assert.Equal(
            [
                $"{Leaning}.Lower.ByAsync → {Leaning}.Upper.Roof",
                $"{Leaning}.Lower.ByAttribute → {Leaning}.Upper.Tile",
                $"{Leaning}.Lower.ByBase → {Leaning}.Upper.IRoofed",
                $"{Leaning}.Lower.ByCall → {Leaning}.Upper.Roof",
                $"{Leaning}.Lower.ByCast → {Leaning}.Upper.IRoofed",
                $"{Leaning}.Lower.ByConstraint`1 → {Leaning}.Upper.IRoofed",
                $"{Leaning}.Lower.ByGenericArgument → {Leaning}.Upper.IRoofed",
                $"{Leaning}.Lower.ByLambda → {Leaning}.Upper.Roof",
                $"{Leaning}.Lower.ByTypeInAttribute → {Leaning}.Upper.Roof",
                $"{Leaning}.Lower.Cellar.ByNested → {Leaning}.Upper.Roof",
            ],
            Find(Leaning, "Upper", "Lower", "Lower.Cellar"));

    [Fact]
    public void Faults_FolderOfTheSameFloor_IsNamed() => Assert.Equal([$"{Sound}.Upper.Roof → {Sound}.Lower.Wall"], Find(Sound, "Upper  Lower"));

    [Fact]
    public void Faults_FolderWithin_IsOneOfItsOwn() => Assert.Empty(Find(Leaning, "// the cellar on top", "Lower Lower.Cellar", "Upper"));

    [Fact]
    public void Faults_FolderThatIsNotListed_IsNamed() => Assert.Equal(["Lower is on no floor."], Find(Sound, "Upper"));

    [Fact]
    public void Faults_ListedFolderThatDoesNotExist_IsNamed() => Assert.Equal(["Attic does not exist."], Find(Sound, "Attic", "Upper", "Lower"));

    private static string[] Find(string building, params string[] floors) => Floors.Faults(typeof(Roof).Assembly, building, string.Join('\n', floors));
}
