"""A network of Neuron and Link objects, to be followed with addition and multiplication alone.

It teaches what `network.py` does with matrices, and its numbers are the same; it is several hundred
times slower. The words are those of Sam Russell's Lernmi, a network in Ruby that takes the same
view. Not kept are these faults of that program:

- It sends raw 0..255 pixels through the input neurons' sigmoid, so that every pixel from about 6
  on counts as 1 and every empty one as 0.5. Here an input neuron's output is the input, in 0..1.
- Its reset clears the bias neuron too, whose output is 0.5 from then on. Here it is always 1.
- Each link layer draws from a generator with seed 1, so that all layers begin with the same
  numbers. Here one generator is handed through all layers.
- Its weights move by a rate that is fixed at 0.1; here the rate is the network's.
- It is trained on the images that are meant for testing, and says how sure it is of those that it
  has just learned. Here `query` answers without learning.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from random import Random


class Neuron:
    """Adds up what its incoming links bring, and answers with a number in 0..1.

    input: the sum of what the links brought.
    output: the sigmoid of the input.
    sensitivity: how fast the network's error grows with this neuron's output.
    """

    __slots__ = ("input", "output", "sensitivity")

    def __init__(self) -> None:
        self.input = 0.0
        self.output = 0.0
        self.sensitivity = 0.0

    def reset(self) -> None:
        """Forget the last example."""
        self.input = 0.0
        self.sensitivity = 0.0

    def activate(self) -> None:
        """Turn the input into the output: 1 / (1 + exp(-input)), through tanh, never overflows."""
        self.output = 0.5 + 0.5 * math.tanh(0.5 * self.input)

    @property
    def derivative(self) -> float:
        """How fast the output grows with the input: the sigmoid's slope, in 0..0.25."""
        return self.output * (1.0 - self.output)

    @property
    def output_sensitivity(self) -> float:
        """How fast the error grows with the input: sensitivity times derivative."""
        return self.sensitivity * self.derivative


class BiasNeuron(Neuron):
    """A neuron whose output is always 1: its links let the others shift their sum."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__()
        self.output = 1.0


class Link:
    """Joins two neurons; all that the network knows is in its links' weights."""

    __slots__ = ("input_neuron", "output_neuron", "weight")

    def __init__(self, input_neuron: Neuron, output_neuron: Neuron, weight: float) -> None:
        self.input_neuron = input_neuron
        self.output_neuron = output_neuron
        self.weight = weight

    def propagate(self) -> None:
        """Bring the input neuron's output, times the weight, to the output neuron."""
        self.output_neuron.input += self.input_neuron.output * self.weight

    def backpropagate(self) -> None:
        """Bring the output neuron's output sensitivity, times the weight, back."""
        self.input_neuron.sensitivity += self.output_neuron.output_sensitivity * self.weight

    def learn(self, rate: float) -> None:
        """Move the weight against the error, by input x output sensitivity x rate."""
        self.weight -= self.input_neuron.output * self.output_neuron.output_sensitivity * rate


class NeuronLayer:
    """Neurons side by side, and one bias neuron."""

    def __init__(self, count: int) -> None:
        self.neurons = [Neuron() for _ in range(count)]
        self.bias = BiasNeuron()

    @property
    def all_neurons(self) -> list[Neuron]:
        """The neurons and, last, the bias neuron."""
        return [*self.neurons, self.bias]

    @property
    def outputs(self) -> list[float]:
        """What the neurons answer, without the bias neuron."""
        return [neuron.output for neuron in self.neurons]

    def reset(self) -> None:
        """Let all neurons forget the last example."""
        for neuron in self.all_neurons:
            neuron.reset()

    def activate(self) -> None:
        """Let the neurons answer; the bias neuron's answer never changes."""
        for neuron in self.neurons:
            neuron.activate()


class LinkLayer:
    """A link from each neuron of one layer, the bias neuron too, to each neuron of the next."""

    def __init__(self, before: NeuronLayer, after: NeuronLayer, random: Random) -> None:
        self.before, self.after = before, after
        reach = len(before.all_neurons) ** -0.5
        self.links = [
            Link(input_neuron, output_neuron, random.uniform(-reach, reach))
            for input_neuron in before.all_neurons
            for output_neuron in after.neurons
        ]

    def propagate(self) -> None:
        """Bring all outputs forward, then let the next layer answer."""
        for link in self.links:
            link.propagate()
        self.after.activate()

    def backpropagate(self) -> None:
        """Bring all sensitivities back."""
        for link in self.links:
            link.backpropagate()

    def learn(self, rate: float) -> None:
        """Move all weights."""
        for link in self.links:
            link.learn(rate)


class Network:
    """Layers of neurons with layers of links between them.

    sizes: how many neurons each layer has, such as (784, 15, 10).
    rate: how far a weight moves.
    """

    def __init__(self, sizes: Sequence[int], random: Random, rate: float = 0.2) -> None:
        self.rate = rate
        self.neuron_layers = [NeuronLayer(size) for size in sizes]
        self.link_layers = [
            LinkLayer(before, after, random) for before, after in pairwise(self.neuron_layers)
        ]

    def propagate(self, inputs: Sequence[float]) -> list[float]:
        """Show an example, numbers in 0..1, and return what the last layer answers.

        Raises ValueError when there are more or fewer inputs than input neurons.
        """
        for layer in self.neuron_layers:
            layer.reset()
        for neuron, value in zip(self.neuron_layers[0].neurons, inputs, strict=True):
            neuron.output = value
        for links in self.link_layers:
            links.propagate()
        return self.neuron_layers[-1].outputs

    def backpropagate(self, expected: Sequence[float]) -> None:
        """Compare the answer with the expected one and let the sensitivities flow back.

        The error is half the squared difference, so the last layer's sensitivity is the
        difference itself. Raises ValueError when there aren't as many as output neurons.
        """
        for neuron, value in zip(self.neuron_layers[-1].neurons, expected, strict=True):
            neuron.sensitivity = neuron.output - value
        for links in reversed(self.link_layers):
            links.backpropagate()

    def move_weights(self) -> None:
        """Move every weight by what the sensitivities say."""
        for links in self.link_layers:
            links.learn(self.rate)

    def learn(self, inputs: Sequence[float], expected: Sequence[float]) -> list[float]:
        """Show an example, compare, move the weights; return the answer from before the move."""
        answer = self.propagate(inputs)
        self.backpropagate(expected)
        self.move_weights()
        return answer

    def query(self, inputs: Sequence[float]) -> list[float]:
        """Answer without learning."""
        return self.propagate(inputs)
