"""torchvision's ImageFolder and PyTorch's DataLoader as a peer of the speed report; see peer.py for how it is told what to do."""

import sys

try:
    import torch
    import torchvision
    from torchvision import datasets, transforms
    from torchvision.transforms import InterpolationMode

    import peer
except ImportError as error:
    print("missing", error)
    sys.exit(0)


class Loader:
    """An epoch over a folder: shorter side resized, centre cropped, in [-1, 1]. The processes stay from epoch to epoch."""

    def __init__(self, tensors, numbers):
        side = int(numbers["side"])
        chain = [
            transforms.Resize(side, interpolation=InterpolationMode.BICUBIC),
            transforms.CenterCrop(side),
            transforms.ToTensor(),
            transforms.Normalize([0.5] * 3, [0.5] * 3),
        ]
        workers = int(numbers["workers"])
        self.loader = torch.utils.data.DataLoader(
            datasets.ImageFolder(numbers["folder"], transforms.Compose(chain)),
            batch_size=int(numbers["batch"]),
            num_workers=workers,
            persistent_workers=True,
        )
        self.how = "%d workers" % workers

    def iterate(self):
        for images, _ in self.loader:
            self.last = images

    def check(self):
        count, total = 0, torch.zeros(3, dtype=torch.float64)
        for images, _ in self.loader:
            levels = (images.double() + 1) * 127.5
            total += levels.mean((2, 3)).sum(0)
            count += len(images)
        return [count] + (total / count).tolist()


if __name__ == "__main__":
    # The default of PyTorch's loader processes.
    torch.set_num_threads(1)
    peer.serve("%s, torch %s" % (torchvision.__version__, torch.__version__), {"loader": Loader})
