"""`digit-appliance neurons`: watch a small network learn XOR, number by number."""

from __future__ import annotations

from random import Random

import click

from appliance.network.neurons import LinkLayer, Network, Neuron

XOR = (((0.0, 0.0), 0.0), ((0.0, 1.0), 1.0), ((1.0, 0.0), 1.0), ((1.0, 1.0), 0.0))


FASTEST = 1e6
"""No rate above this teaches anything: one step leads to the sigmoid's ends."""


def _rate(ctx: click.Context, param: click.Parameter, value: float) -> float:
    if not 0 < value <= FASTEST:  # nor is nan
        raise click.BadParameter(
            f"{value} must be above 0, and no more than {FASTEST:,.0f}", ctx, param
        )
    return value


@click.command()
@click.option(
    "--steps",
    type=click.IntRange(0, 4),
    default=1,
    show_default=True,
    help="How many of the four examples to show in full.",
)
@click.option(
    "--passes",
    type=click.IntRange(1),
    default=1000,
    show_default=True,
    help="Times through the four examples.",
)
@click.option(
    "--rate", callback=_rate, default=2.0, show_default=True, help="How far a weight moves."
)
@click.option("--seed", default=0, show_default=True, help="Which random weights to begin with.")
def neurons(steps: int, passes: int, rate: float, seed: int) -> None:
    """Train 2-3-1 neurons on XOR and show every number.

    \b
    Example:
      digit-appliance neurons --steps 4
    """
    network = Network((2, 3, 1), Random(seed), rate)
    for number, (inputs, expected) in enumerate(XOR[:steps], start=1):
        click.echo(f"Example {number}: inputs {_numbers(inputs)}, expected {expected:g}")
        _show_step(network, inputs, expected)
    for number in range(1, passes + 1):
        error = sum(
            0.5 * (network.learn(inputs, [expected])[0] - expected) ** 2 for inputs, expected in XOR
        )
        if number % max(1, passes // 10) == 0:
            click.echo(f"after {number:5d} passes the error over the four examples is {error:.5f}")
    answers = [network.query(inputs)[0] for inputs, _ in XOR]
    for (inputs, expected), answer in zip(XOR, answers, strict=True):
        click.echo(f"{inputs[0]:g} XOR {inputs[1]:g} = {answer:.3f}  (expected {expected:g})")
    if any(round(answer) != expected for (_, expected), answer in zip(XOR, answers, strict=True)):
        click.echo("It hasn't learnt it: from some weights it doesn't; try more --passes, another "
                   "--seed or --rate")  # fmt: skip


def _show_step(network: Network, inputs: tuple[float, ...], expected: float) -> None:
    """Learn one example and say every number on the way."""
    names = _names(network)
    answer = network.propagate(inputs)[0]
    click.echo("\n  Forward: a link brings its neuron's output times its weight")
    for links in network.link_layers:
        _show_forward(links, names)
    click.echo(f"    the answer is {answer:.4f}; the error, half its squared distance from "
               f"{expected:g}, is {0.5 * (answer - expected) ** 2:.4f}")  # fmt: skip
    network.backpropagate([expected])
    click.echo("\n  Back: a sensitivity says how fast the error grows with a neuron's output")
    (output,) = network.neuron_layers[-1].neurons
    click.echo(f"    {names[output]}: answer {answer:.4f} - expected {expected:g}"
               f" = sensitivity {output.sensitivity:.4f}")  # fmt: skip
    for links in reversed(network.link_layers):
        _show_backward(links, names)
    click.echo(f"\n  Move: weight - output x output sensitivity x rate {network.rate:g}")
    for links in network.link_layers:
        _show_move(links, names, network.rate)
    network.move_weights()
    click.echo()


def _names(network: Network) -> dict[Neuron, str]:
    """Give each neuron a name: input 1, hidden 2, output 1, bias."""
    kinds = ["input", *["hidden"] * (len(network.neuron_layers) - 2), "output"]
    names: dict[Neuron, str] = {}
    for kind, layer in zip(kinds, network.neuron_layers, strict=True):
        names |= {neuron: f"{kind} {i}" for i, neuron in enumerate(layer.neurons, start=1)}
        names[layer.bias] = "bias"
    return names


def _show_forward(links: LinkLayer, names: dict[Neuron, str]) -> None:
    for neuron in links.after.neurons:
        click.echo(f"    {names[neuron]}")
        for link in links.links:
            if link.output_neuron is neuron:
                before = link.input_neuron
                brought = before.output * link.weight + 0.0  # no -0.0
                click.echo(f"      {names[before]:>8}: {before.output:7.4f} x weight "
                           f"{link.weight:7.4f} = {brought:7.4f}")  # fmt: skip
        click.echo(f"      together: input {neuron.input:.4f}; sigmoid gives output "
                   f"{neuron.output:.4f}")  # fmt: skip


def _show_backward(links: LinkLayer, names: dict[Neuron, str]) -> None:
    """Say the output sensitivities behind the links, then the sensitivities before them."""
    for neuron in links.after.neurons:
        click.echo(f"    {names[neuron]}: sensitivity {neuron.sensitivity:.4f} x derivative "
                   f"{neuron.derivative:.4f} = output sensitivity "
                   f"{neuron.output_sensitivity:.4f}")  # fmt: skip
    for neuron in links.before.neurons:
        if names[neuron].startswith("hidden"):  # nothing asks for an input's sensitivity
            terms = [
                f"weight {link.weight:.4f} x {link.output_neuron.output_sensitivity:.4f}"
                for link in links.links
                if link.input_neuron is neuron
            ]
            click.echo(f"    {names[neuron]}: {' + '.join(terms)} = sensitivity "
                       f"{neuron.sensitivity:.4f}")  # fmt: skip


def _show_move(links: LinkLayer, names: dict[Neuron, str], rate: float) -> None:
    for link in links.links:
        before, after = link.input_neuron, link.output_neuron
        move = before.output * after.output_sensitivity * rate
        click.echo(f"    {names[before]:>8} -> {names[after]}: {link.weight:7.4f} - "
                   f"{before.output:.4f} x {after.output_sensitivity:7.4f} x {rate:g} = "
                   f"{link.weight - move:7.4f}")  # fmt: skip


def _numbers(values: tuple[float, ...]) -> str:
    return " and ".join(f"{value:g}" for value in values)
