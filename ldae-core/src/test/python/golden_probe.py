"""Golden values for org.ldae.probe: run from ldae-core as `python3 src/test/python/golden_probe.py`.

Needs numpy, scikit-learn (logistic regression) and torch (batch norm, LARS). Features are drawn here and stored, so
that the tests need no common random generator.
"""

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

import golden

N, F, K, TEST = 60, 6, 3, 20


def data():
    rng = np.random.default_rng(7)
    labels = np.arange(N + TEST) % K
    centres = rng.standard_normal((K, F))
    mixing = rng.standard_normal((F, F)) * np.array([3, 2, 1, 0.5, 0.2, 0.1])
    features = (centres[labels] + 1.5 * rng.standard_normal((N + TEST, F))) @ mixing.T + 5
    return features.astype(np.float32), labels


def write(name, **values):
    golden.save("probe/" + name, values)


def standardise(x):
    x = x.astype(np.float64)
    return (x - x.mean(0)) / x.std(0)


def logistic(x, y):
    z = standardise(x)
    out = {}
    for l2 in (1.0, 1e-2, 1e-4):
        model = LogisticRegression(C=1 / (len(y) * l2), tol=1e-12, max_iter=100000).fit(z, y)
        p = model.predict_proba(z)
        loss = -np.log(p[np.arange(len(y)), y]).mean() + l2 / 2 * (model.coef_**2).sum()
        name = "%g" % l2
        out.update({"weights " + name: model.coef_, "bias " + name: model.intercept_, "loss " + name: loss})
    return out


def ridge(x, y):
    """Minimises mean squared error over rows / 2 + l2 / 2 ||W||^2 on one-hot targets."""
    z, t = standardise(x), np.eye(K)[y]
    out = {}
    for l2 in (1.0, 1e-3):
        w = np.linalg.solve(z.T @ z / len(y) + l2 * np.eye(F), z.T @ (t - t.mean(0)) / len(y))
        out.update({"weights %g" % l2: w.T, "bias %g" % l2: t.mean(0)})
    return out


class Lars(torch.optim.Optimizer):
    """facebookresearch/mae util/lars.py: no rate scaling or weight decay for 1-D parameters."""

    def __init__(self, params, lr, momentum=0.9, trust=0.001):
        super().__init__(params, dict(lr=lr, momentum=momentum, trust=trust))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                update = p.grad
                if p.ndim > 1:
                    weight_norm, update_norm = torch.norm(p), torch.norm(update)
                    one = torch.ones_like(weight_norm)
                    ratio = group["trust"] * weight_norm / update_norm
                    scale = torch.where(weight_norm > 0, torch.where(update_norm > 0, ratio, one), one)
                    update = update * scale
                mu = self.state[p].setdefault("mu", torch.zeros_like(p))
                mu.mul_(group["momentum"]).add_(update)
                p.add_(mu, alpha=-group["lr"])


def sgd(x, y, order, start, lars):
    """The order of the rows and the first weights are inputs: 4 epochs of 3 batches of 20, 1 warm-up epoch."""
    epochs, warmup, batch, base = 4, 1, 20, 40.0 if lars else 2.0
    torch.set_default_dtype(torch.float64)
    norm = torch.nn.BatchNorm1d(F, affine=False, eps=1e-6)
    linear = torch.nn.Linear(F, K)
    linear.weight.data = torch.tensor(start).clone()
    linear.bias.data.zero_()
    parameters = linear.parameters()
    optimiser = Lars(parameters, 0) if lars else torch.optim.SGD(parameters, 1e-9, momentum=0.9)
    xs, ys = torch.tensor(x.astype(np.float64)), torch.tensor(y)
    losses, per_epoch = [], N // batch
    for epoch in range(epochs):
        for step in range(per_epoch):
            at = epoch + step / per_epoch
            peak = base * batch / 256
            rate = peak * at / warmup if at < warmup else (
                peak * 0.5 * (1 + np.cos(np.pi * (at - warmup) / (epochs - warmup))))
            for group in optimiser.param_groups:
                group["lr"] = rate
            rows = order[epoch][step * batch:(step + 1) * batch]
            loss = torch.nn.functional.cross_entropy(linear(norm(xs[rows])), ys[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
    return dict(losses=losses, weights=linear.weight.data.numpy(), bias=linear.bias.data.numpy(),
                mean=norm.running_mean.numpy(), variance=norm.running_var.numpy())


def neighbours(x, y, test, k, temperature):
    a = x.astype(np.float64) / np.linalg.norm(x.astype(np.float64), axis=1, keepdims=True)
    b = test.astype(np.float64) / np.linalg.norm(test.astype(np.float64), axis=1, keepdims=True)
    similarity = b @ a.T
    votes = np.zeros((len(test), K))
    for i, row in enumerate(similarity):
        for j in np.argsort(-row)[:k]:
            votes[i, y[j]] += np.exp(row[j] / temperature)
    return votes.argmax(1)


def main():
    features, labels = data()
    x, y, test = features[:N], labels[:N], features[N:]
    write("data", features=x, labels=y, test=test, test_labels=labels[N:])
    write("logistic", **logistic(x, y))
    write("ridge", **ridge(x, y))
    rng = np.random.default_rng(3)
    order = np.stack([rng.permutation(N) for _ in range(4)])
    start = (0.1 * rng.standard_normal((K, F))).astype(np.float32).astype(np.float64)
    write("sgd", order=order, start=start)
    write("sgd_lars", **sgd(x, y, order, start, True))
    write("sgd_momentum", **sgd(x, y, order, start, False))
    write("neighbours", **{"%d %g" % (k, t): neighbours(x, y, test, k, t) for k, t in ((1, 0.07), (5, 0.07), (20, 1.0))})


if __name__ == "__main__":
    main()
