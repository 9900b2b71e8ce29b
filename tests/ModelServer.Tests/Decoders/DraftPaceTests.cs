using ModelServer.Decoders;

namespace ModelServer.Tests.Decoders;

public class DraftPaceTests
{
    [Fact]
    public void Length_GuessesThatAreRight_DoublesUpToTheMost()
    {
        var pace = new DraftPace(most: 8);
        var lengths = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            lengths.Add(pace.Length);
            pace.Checked(pace.Length, pace.Length);
        }

        Assert.Equal([2, 4, 8, 8, 8], lengths);
    }

    [Fact]
    public void Length_GuessThatWasRightInPart_IsOneMoreThanThat()
    {
        var pace = new DraftPace(most: 8);
        pace.Checked(8, 3);

        Assert.Equal(4, pace.Length);
    }

    [Fact]
    public void Length_WrongGuesses_RestLongerEachTime()
    {
        var pace = new DraftPace(most: 8);
        var rests = new List<int>();
        for (var i = 0; i < 9; i++)
        {
            pace.Checked(pace.Length, 0);
            rests.Add(Rest(pace));
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 64, 64], rests);
        pace.Checked(2, 1);
        pace.Checked(2, 0);
        Assert.Equal(1, Rest(pace));
    }

    [Fact]
    public void Length_GoingBackCostMoreThanGuessesSaved_IsNoneForGood()
    {
        var pace = new DraftPace(most: 8);
        pace.Checked(8, 8);
        pace.RunAgain(right: 3, again: 12);
        Assert.Equal(1, Rest(pace));

        pace.RunAgain(right: 0, again: 1);
        for (var i = 0; i < 1000; i++) pace.Stepped();

        Assert.Equal(0, pace.Length);
    }

    private static int Rest(DraftPace pace)
    {
        var rest = 0;
        for (; pace.Length == 0; rest++) pace.Stepped();
        return rest;
    }
}
