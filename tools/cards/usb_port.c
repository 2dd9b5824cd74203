/* A USB port for pcscd with one reader in it, which is vpcd's virtual reader: pulled out and put back while
   pcscd goes on. Loaded into pcscd with LD_PRELOAD by tools/cards/usb_port.py: it stands before libudev, where
   pcscd hears of USB devices, and hands vpcd out in place of the driver of real readers.

   Of the folder OFFICINE_USB_PORT: `plugged` is there while the reader is; a byte in the pipe `events` tells
   pcscd to look ('a': added, else removed); while `dead` is there the reader is plugged in but fails. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <ifdhandler.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char device;        /* any address that is not NULL: pcscd only hands it back */
static char last_event = 'a';

static const char *place(const char *name)
{
    static __thread char path[512];
    snprintf(path, sizeof path, "%s/%s", getenv("OFFICINE_USB_PORT"), name);
    return path;
}

static int is_there(const char *name)
{
    return access(place(name), F_OK) == 0;
}

/* libudev, as far as pcscd's hotplug_libudev.c uses it. */

void *udev_new(void) { return &device; }
void *udev_unref(void *udev) { (void)udev; return NULL; }

void *udev_enumerate_new(void *udev) { return udev; }
int udev_enumerate_add_match_subsystem(void *all, const char *name) { (void)all; (void)name; return 0; }
int udev_enumerate_scan_devices(void *all) { (void)all; return 0; }
void *udev_enumerate_unref(void *all) { (void)all; return NULL; }
void *udev_enumerate_get_list_entry(void *all) { return is_there("plugged") ? all : NULL; }
void *udev_list_entry_get_next(void *entry) { (void)entry; return NULL; }
const char *udev_list_entry_get_name(void *entry) { (void)entry; return "/sys/bus/usb/devices/1-1:1.0"; }

void *udev_device_new_from_syspath(void *udev, const char *path) { (void)path; return udev; }
void *udev_device_unref(void *udev_device) { (void)udev_device; return NULL; }
const char *udev_device_get_devnode(void *udev_device) { (void)udev_device; return "/dev/bus/usb/001/002"; }
const char *udev_device_get_sysname(void *udev_device) { (void)udev_device; return "1-1:1.0"; }
const char *udev_device_get_action(void *udev_device)
{
    (void)udev_device;
    return last_event == 'a' ? "add" : "remove";
}

void *udev_device_get_parent_with_subsystem_devtype(void *child, const char *subsystem, const char *devtype)
{
    (void)subsystem;
    (void)devtype;
    return child;
}

const char *udev_device_get_sysattr_value(void *udev_device, const char *name)
{
    (void)udev_device;
    if (strcmp(name, "idVendor") == 0)
        return "08e6"; /* a reader that every libccid knows: Gemalto PC Twin Reader */
    if (strcmp(name, "idProduct") == 0)
        return "3437";
    return NULL;
}

void *udev_monitor_new_from_netlink(void *udev, const char *name) { (void)name; return udev; }
int udev_monitor_enable_receiving(void *monitor) { (void)monitor; return 0; }
int udev_monitor_filter_add_match_subsystem_devtype(void *monitor, const char *subsystem, const char *devtype)
{
    (void)monitor;
    (void)subsystem;
    (void)devtype;
    return 0;
}

int udev_monitor_get_fd(void *monitor)
{
    (void)monitor;
    return open(place("events"), O_RDWR | O_CLOEXEC);
}

void *udev_monitor_receive_device(void *monitor)
{
    static int events = -1;
    if (events < 0)
        events = open(place("events"), O_RDONLY | O_CLOEXEC);
    return read(events, &last_event, 1) == 1 ? monitor : NULL;
}

/* The driver: vpcd's (this library needs it), found where pcscd opens libccid. */

void *dlopen(const char *file, int mode)
{
    static void *(*theirs)(const char *, int);
    Dl_info self;
    if (theirs == NULL)
        theirs = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
    if (file != NULL && strstr(file, "libccid.so") != NULL && dladdr(&device, &self) != 0)
        file = self.dli_fname;
    return theirs(file, mode);
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name)
{
    static char vpcd[] = "/dev/null:0x8C7B"; /* as in Debian's /etc/reader.conf.d/vpcd */
    RESPONSECODE (*theirs)(DWORD, LPSTR) = dlsym(RTLD_NEXT, "IFDHCreateChannelByName");
    (void)name;
    return theirs == NULL || !is_there("plugged") ? IFD_NO_SUCH_DEVICE : theirs(lun, vpcd);
}

RESPONSECODE IFDHICCPresence(DWORD lun)
{
    RESPONSECODE (*theirs)(DWORD) = dlsym(RTLD_NEXT, "IFDHICCPresence");
    if (theirs == NULL || !is_there("plugged"))
        return IFD_NO_SUCH_DEVICE;
    return is_there("dead") ? IFD_COMMUNICATION_ERROR : theirs(lun);
}
