"""Golden values for org.ldae.data.Blur: torchvision's gaussian_blur written out in PyTorch, float64.

Run: python3 src/test/python/blur.py (in ldae-core; needs torch and numpy).
"""
import torch
import torch.nn.functional as F

import golden as files

torch.set_default_dtype(torch.float64)


def blurred(image, size, sigma):
    x = torch.linspace(-(size - 1) / 2, (size - 1) / 2, size)
    weights = torch.exp(-0.5 * (x / sigma) ** 2)
    weights = weights / weights.sum()
    kernel = torch.outer(weights, weights).expand(image.shape[0], 1, size, size)
    padded = F.pad(image[None], [size // 2] * 4, mode="reflect")
    return F.conv2d(padded, kernel, groups=image.shape[0])[0]


def main():
    torch.manual_seed(5)
    image = (torch.rand(3, 52, 60) * 2 - 1).float().double()
    arrays = {"image": image}
    for sigma in (0.1, 0.7, 2.0):
        arrays["blurred.%s" % sigma] = blurred(image, 5, sigma)
    files.save("data/blur", files.singles(arrays))


if __name__ == "__main__":
    main()
