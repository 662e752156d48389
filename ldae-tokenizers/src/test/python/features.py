"""Writes the golden files of FeatureNetGoldenTest with PyTorch in float64: tiny nets of each layout that FeatureNet reads,
what they make of some images, and a perceptual loss with its gradient.

Run in this folder: /usr/bin/python3 features.py
"""

import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.append(str(pathlib.Path(__file__).resolve().parents[4] / "ldae-core/src/test/python"))
import golden as files  # noqa: E402

torch.set_default_dtype(torch.float64)
N, H, W = 3, 12, 8


def save(path, tensors, metadata=None):
    files.save(path, files.singles(tensors), metadata)


def rows(weight):
    """[C_out, C_in, k, k] in the library's order [C_out, k k C_in]."""
    return weight.permute(0, 2, 3, 1).reshape(len(weight), -1)


def normal(*shape, scale=1.0):
    """Rounded to float32, so that Java starts from the same numbers."""
    return (torch.randn(*shape) * scale).float().double()


def imagenet(x):
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    return ((x + 1) / 2 - mean.view(1, 3, 1, 1)) / std.view(1, 3, 1, 1)


def resnet(p, x):
    """CIFAR ResNet with one block in two stages, batch norm and padded shortcuts; its feature maps and logits."""

    def norm(name, h):
        keys = ("running_mean", "running_var", "weight", "bias")
        return F.batch_norm(h, *[p[f"{name}.{k}"] for k in keys], training=False, eps=1e-5)

    h = F.relu(norm("bn1", F.conv2d(imagenet(x), p["conv1.weight"], padding=1)))
    maps = [h]
    for stage, stride in ((1, 1), (2, 2)):
        name = f"layer{stage}.0"
        y = F.relu(norm(name + ".bn1", F.conv2d(h, p[name + ".conv1.weight"], stride=stride, padding=1)))
        y = norm(name + ".bn2", F.conv2d(y, p[name + ".conv2.weight"], padding=1))
        if stride == 2:
            pad = (y.shape[1] - h.shape[1]) // 2
            h = F.pad(h[:, :, ::2, ::2], (0, 0, 0, 0, pad, pad))
        h = F.relu(y + h)
        maps.append(h)
    pooled = h.mean((2, 3))
    return maps, pooled, F.linear(pooled, p["linear.weight"], p["linear.bias"])


def resnet_parameters():
    p = {}

    def conv(name, norm, outputs, inputs):
        p[name + ".weight"] = normal(outputs, inputs, 3, 3, scale=0.3)
        p[norm + ".weight"], p[norm + ".bias"] = 1 + normal(outputs, scale=0.2), normal(outputs, scale=0.2)
        p[norm + ".running_mean"] = normal(outputs, scale=0.3)
        p[norm + ".running_var"] = normal(outputs).abs() + 0.5

    conv("conv1", "bn1", 4, 3)
    for stage, outputs, inputs in ((1, 4, 4), (2, 8, 4)):
        conv(f"layer{stage}.0.conv1", f"layer{stage}.0.bn1", outputs, inputs)
        conv(f"layer{stage}.0.conv2", f"layer{stage}.0.bn2", outputs, outputs)
    p["linear.weight"], p["linear.bias"] = normal(5, 8), normal(5)
    return {k: v.float().double() for k, v in p.items()}


def vgg(p, x):
    """Two convolutions, pooling, two convolutions; its feature maps."""
    maps, h = [], imagenet(x)
    for stage in ((0, 2), (5, 7)):
        h = F.max_pool2d(h, 2) if maps else h
        for i in stage:
            h = F.relu(F.conv2d(h, p[f"features.{i}.weight"], p[f"features.{i}.bias"], padding=1))
        maps.append(h)
    return maps, h.mean((2, 3)), None


def vgg_parameters():
    p = {}
    for i, outputs, inputs in ((0, 4, 3), (2, 4, 4), (5, 6, 4), (7, 6, 6)):
        p[f"features.{i}.weight"] = normal(outputs, inputs, 3, 3, scale=0.3)
        p[f"features.{i}.bias"] = normal(outputs, scale=0.2)
    p["classifier.0.weight"] = normal(2, 2)  # not read
    return p


def groups(channels):
    return max(1, min(32, channels // 4))


def normalised(p, x):
    """What the library trains: group norm before each convolution, three sizes, one block each."""

    def norm(name, h):
        return F.relu(F.group_norm(h, groups(h.shape[1]), p[name + ".weight"], p[name + ".bias"], eps=1e-6))

    h = F.conv2d(x, p["in.weight"], p["in.bias"], padding=1)
    maps = []
    for stage in range(3):
        name, stride = f"stages.{stage}.0", 1 if stage == 0 else 2
        y = F.conv2d(norm(name + ".norm1", h), p[name + ".conv1.weight"], p[name + ".conv1.bias"], stride, 1)
        y = F.conv2d(norm(name + ".norm2", y), p[name + ".conv2.weight"], p[name + ".conv2.bias"], padding=1)
        if stage > 0:
            h = F.conv2d(h, p[name + ".shortcut.weight"], p[name + ".shortcut.bias"], stride)
        h = h + y
        maps.append(h)
    maps[-1] = norm("out", h)
    pooled = maps[-1].mean((2, 3))
    return maps, pooled, F.linear(pooled, p["head.weight"], p["head.bias"])


def normalised_parameters(width=4, channels=3, classes=4):
    p = {}

    def conv(name, outputs, inputs, side=3):
        p[name + ".weight"] = normal(outputs, inputs, side, side, scale=0.5 / side)
        p[name + ".bias"] = normal(outputs, scale=0.2)

    def norm(name, channels):
        p[name + ".weight"], p[name + ".bias"] = 1 + normal(channels, scale=0.2), normal(channels, scale=0.2)

    conv("in", width, channels)
    inputs = width
    for stage in range(3):
        name, outputs = f"stages.{stage}.0", width << stage
        norm(name + ".norm1", inputs)
        conv(name + ".conv1", outputs, inputs)
        norm(name + ".norm2", outputs)
        conv(name + ".conv2", outputs, outputs)
        if stage > 0:
            conv(name + ".shortcut", outputs, inputs, 1)
        inputs = outputs
    norm("out", inputs)
    p["head.weight"], p["head.bias"] = normal(classes, inputs), normal(classes)
    return {k: v.float().double() for k, v in p.items()}


def distances(maps_x, maps_y):
    """A distance for each image: unit channels, squared, summed over them, averaged over pixels and maps."""

    def unit(f):
        return f / torch.sqrt((f * f).sum(1, keepdim=True) + 1e-8)

    return sum(((unit(x) - unit(y)) ** 2).sum(1).mean((1, 2)) for x, y in zip(maps_x, maps_y)) / len(maps_x)


def golden(name, net, p):
    x, y = torch.tanh(normal(N, 3, H, W)).float().double(), torch.tanh(normal(N, 3, H, W)).float().double()
    y.requires_grad_()
    maps, pooled, logits = net(p, x)
    weights = torch.tensor([0.5, 0.0, 2.0])
    loss = (weights * distances(maps, net(p, y)[0])).sum()
    loss.backward()
    result = {"x": x, "y": y, "pooled": pooled, "weights": weights, "loss": loss, "dy": y.grad}
    if logits is not None:
        result["logits"] = logits
    return result


def library_order(p):
    """As FeatureNet.save writes: convolutions as matrices, vectors as one row."""
    return {k: rows(v) if v.dim() == 4 else v.reshape(1, -1) if v.dim() == 1 else v for k, v in p.items()}


def training(p, result):
    """Mean cross-entropy of the images and its gradients."""
    leaves = {k: v.clone().requires_grad_() for k, v in p.items()}
    labels = torch.tensor([2, 0, 3])
    loss = F.cross_entropy(normalised(leaves, result["x"])[2], labels)
    loss.backward()
    result["cross-entropy"] = loss
    for name, gradient in library_order({k: v.grad for k, v in leaves.items()}).items():
        result["d." + name] = gradient


def main():
    torch.manual_seed(5)
    p = resnet_parameters()
    save("features/resnet", p)
    save("features/resnet-golden", golden("resnet", resnet, p))
    p = vgg_parameters()
    save("features/vgg", p)
    save("features/vgg-golden", golden("vgg", vgg, p))
    p = normalised_parameters()
    save("features/normalised", library_order(p), {"format": "ldae-features/1"})
    result = golden("normalised", normalised, p)
    training(p, result)
    save("features/normalised-golden", result)


if __name__ == "__main__":
    main()
