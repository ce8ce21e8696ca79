"""Objects that write down how they are compared, for tests of what sorts and searches."""


class Logged:
    """An int that writes each comparison down."""

    def __init__(self, value, log):
        self.value, self.log = value, log

    def __repr__(self):
        return f'<{self.value}>'

    def __lt__(self, other):
        self.log.append(('lt', self.value, other.value))
        return self.value < other.value


class Undecided(Logged):
    """Leaves it to the other operand."""

    def __lt__(self, other):
        super().__lt__(other)
        return NotImplemented

    def __gt__(self, other):
        self.log.append(('gt', self.value, other.value))
        return self.value > other.value


class Truth(Logged):
    """Compares to an object that is asked for its truth."""

    def __lt__(self, other):
        return TruthValue(super().__lt__(other), self.log)


class TruthValue:
    def __init__(self, value, log):
        self.value, self.log = value, log

    def __bool__(self):
        self.log.append('bool')
        return self.value
