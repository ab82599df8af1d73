using Xunit;

// Training uses every core, and the leak check counts the tensors of the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
