"""From settings to drivers; a library that only one driver needs is imported by that driver alone."""

from reader_daemon.readers.base import Driver
from reader_daemon.readers.keyboard_wedge import KeyboardWedge
from reader_daemon.readers.nfc import NfcReader
from reader_daemon.readers.pcsc import PcscReaders
from reader_daemon.readers.serial_scanner import SerialScanner
from reader_daemon.readers.simulated import SimulatedReader
from reader_daemon.readers.worker import Means
from reader_daemon.settings import ReaderSettings
from wire.messages import DriverName, Hello


def make_drivers(settings: ReaderSettings, hello: Hello) -> list[Driver]:
    """The drivers that the settings name, in their order, each once."""
    return [_make(name, settings, hello) for name in settings.drivers]


def _make(name: DriverName, settings: ReaderSettings, hello: Hello) -> Driver:
    means = Means(power_cycle=settings.power_cycle_command)
    match name:
        case "simulated":
            assert settings.control_socket is not None, "the settings ask for it"
            return SimulatedReader(settings.control_socket, hello)
        case "pcsc":
            both = Means(
                restart_service=settings.pcsc_restart_command, power_cycle=settings.power_cycle_command
            )
            return PcscReaders(settings.pcsc_readers, both)
        case "nfc":
            return NfcReader(settings.nfc_device, means)
        case "serial":
            return SerialScanner(settings.serial_port, settings.serial_baud, means)
        case "keyboard":
            return KeyboardWedge(settings.keyboard_device, means)
