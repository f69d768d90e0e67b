"""As much of the tensor library as the backend touches."""

float32, float16 = "float32", "float16"


class Generator:
    def __init__(self, device):
        self.seed = None

    def manual_seed(self, seed):
        self.seed = seed
        return self


class cuda:  # noqa: N801  the library's name
    @staticmethod
    def is_available():
        return False


class backends:  # noqa: N801  the library's name
    class mps:  # noqa: N801  the library's name
        is_available = staticmethod(lambda: False)
